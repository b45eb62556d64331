"""OpenLineage: events of the runs of jobs, as JSON: one event, a list of them, or one a line, as its file transport writes.

Form: https://openlineage.io/spec/2-0-2/OpenLineage.json. A run counts when it has a COMPLETE event and none of a failure; the data sets of all its events are its own. The
standard has no facet for a digest. Looked for are, in any facet of a data set, fields that are called as a hash function, and a pair of
``algorithm`` and ``value``, ``digest`` or ``checksum``; and the ``datasetVersion`` of the facet ``version``, which only another record can agree with.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assay.domain.lineage import Artifact, Step
from assay.reading.lineage.values import LENGTHS, NoRecord, called, digest, items, mapping, path_beside, text

_UNDONE = {"FAIL", "ABORT"}


def event_steps(record: str, root: str, events: Iterable[Any]) -> Iterator[Step]:
    """The completed runs in a file of events, each called as its job is. Raises NoRecord."""
    runs: dict[str, list[Mapping[Any, Any]]] = defaultdict(list)
    for event in events:
        if not isinstance(event, Mapping):
            raise NoRecord("an event is no mapping")
        run = text(mapping(event.get("run")).get("runId"))
        if run and _job(event):
            runs[run].append(event)
        elif "run" in event:
            raise NoRecord("an event of a run does not say which run, or of which job")
    if not runs:
        raise NoRecord("no event in it names a run and its job")
    for run, told in runs.items():
        jobs = sorted({_job(event) for event in told})
        if len(jobs) > 1:
            raise NoRecord(f"the run {run} is said to be one of {' and of '.join(jobs)}")
        reads, makes = (_data_sets(told, of, root) for of in ("inputs", "outputs"))
        states = {text(event.get("eventType")).upper() for event in told}
        if "COMPLETE" in states and not states & _UNDONE:
            yield Step(jobs[0], record, reads, makes)


def _job(event: Mapping[Any, Any]) -> str:
    return text(mapping(event.get("job")).get("name"))


def _data_sets(events: Iterable[Mapping[Any, Any]], of: str, root: str) -> tuple[Artifact, ...]:
    found: dict[str, frozenset[str]] = {}
    for event in events:
        for told in items(event, of):
            name = _name(text(told.get("namespace")), called(told, "name", of), root)
            found[name] = _agreeing(name, found.get(name, frozenset()) | _digests(name, told))
    return tuple(Artifact(name, digests) for name, digests in found.items())


def _agreeing(name: str, digests: frozenset[str]) -> frozenset[str]:
    """The digests of a data set, which has one of each function. Raises NoRecord."""
    for kind in LENGTHS:
        stated = sorted(digest for digest in digests if digest.startswith(f"{kind}:"))
        if len(stated) > 1:
            raise NoRecord(f"a run states two digests of {name}: {stated[0]} and {stated[1]}")
    return digests


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
