"""OpenLineage: events of the runs of jobs, as JSON: one event, a list of them, or one a line, as its file transport writes.

Form: https://openlineage.io/spec/2-0-2/OpenLineage.json. A run counts when it has a COMPLETE event; the data sets of all its events are its own. The
standard has no facet for a digest. Looked for are, in any facet of a data set, fields that are called as a hash function, and a pair of
``algorithm`` and ``value``, ``digest`` or ``checksum``; and the ``datasetVersion`` of the facet ``version``, which only another record can agree with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assay.domain.lineage import Artifact, Step
from assay.reading.lineage.values import LENGTHS, NoRecord, digest, items, mapping, path_beside, text


def event_steps(record: str, root: str, events: Iterable[Any]) -> Iterator[Step]:
    """The completed runs in a file of events, each called as its job is. Raises NoRecord."""
    runs: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for event in events:
        run = text(mapping(mapping(event).get("run")).get("runId"))
        job = text(mapping(mapping(event).get("job")).get("name"))
        if run and job:
            runs[run].append(event)
    if not runs:
        raise NoRecord("no event in it names a run and its job")
    for told in runs.values():
        if any(text(event.get("eventType")).upper() == "COMPLETE" for event in told):
            reads, makes = (_data_sets(told, of, root) for of in ("inputs", "outputs"))
            yield Step(text(mapping(told[0]["job"]).get("name")), record, reads, makes)


def _data_sets(events: Iterable[Mapping[Any, Any]], of: str, root: str) -> tuple[Artifact, ...]:
    found: dict[str, frozenset[str]] = {}
    for event in events:
        for told in items(event.get(of)):
            name = _name(text(told.get("namespace")), text(told.get("name")), root)
            found[name] = found.get(name, frozenset()) | _digests(name, told)
    return tuple(Artifact(name, digests) for name, digests in found.items())


def _name(namespace: str, name: str, root: str) -> str:
    """A file as the specification would write it; anything else with where it is."""
    if namespace.partition(":")[0] != "file":
        return f"{namespace}/{name}"
    path = name.removeprefix("file://")
    return path_beside("", path.removeprefix(f"{root}/"))


def _digests(name: str, told: Mapping[Any, Any]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for of in ("facets", "inputFacets", "outputFacets"):
        for facet_name, facet in mapping(told.get(of)).items():
            fields = mapping(facet)
            for kind in LENGTHS:
                found |= digest(kind, fields.get(kind))
            kind = text(fields.get("algorithm")).lower().replace("-", "")
            for key in ("value", "digest", "checksum"):
                found |= digest(kind, fields.get(key))
            if facet_name == "version":
                found |= _version(name, text(fields.get("datasetVersion")))
    return found


def _version(name: str, version: str) -> frozenset[str]:
    kind, _, value = version.partition(":")
    return digest(kind.lower(), value) or frozenset({f"version:{name}@{version}"} if version else ())
