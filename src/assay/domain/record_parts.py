"""The parts of a record: by what each is held, and where a record contradicts itself in what it tells besides its verdicts.

Signatures bind a record, and say nothing of who wrote it. So each part is either derived again by whoever has what it is made of, or it
is said here why only a run on the rows can tell. :mod:`assay.app.verifying.rejudge` holds the verdicts and the curves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType

from assay.domain.evidence import aside_of
from assay.domain.lineage import RECORD_ROLE, role_of_record
from assay.domain.record import MetricRecord, Record
from assay.domain.record_groups import answered, groups_contradict, in_told_order
from assay.domain.untested import IN_NO_GROUP, OF_INPUTS, in_no_group, left_out, missing, never_tested


class Held(StrEnum):
    """Against what a part of a record is held, and so by whom."""

    LOG = "the log"
    """By who signs or issues, and by ``verify`` with the review pack."""
    DOCUMENTS = "the locked documents"
    """By the same."""
    RECORD = "the other parts of the record"
    """By the same."""
    ROWS = "a run on the rows"
    """By ``assay replay``."""


@dataclass(frozen=True, slots=True)
class Part:
    """By what a part is held, and how; where only the rows or nobody can tell, why."""

    by: tuple[Held, ...]
    how: str


LOG, DOCUMENTS, RECORD, ROWS = Held.LOG, Held.DOCUMENTS, Held.RECORD, Held.ROWS
PARTS: Mapping[str, Part] = MappingProxyType(
    {
        "specification": Part((DOCUMENTS, ROWS), "It is the document that was locked."),
        "specification_digest": Part((LOG, RECORD, ROWS), "It is that of the lock, and of the bound file."),
        "dictionary": Part((DOCUMENTS, ROWS), "It is the document that was locked."),
        "sources": Part(
            (LOG, RECORD, ROWS),
            "Digests are those with which the run began; the rows of the test set are those of its sketches; paths are the specification's.",
        ),
        "seed": Part((LOG, RECORD, ROWS), "It is that of the lock, and in the evidence."),
        "data": Part(
            (RECORD, ROWS), "A judged run is on the test rows, a rehearsal on the development rows."
        ),
        "rows": Part((LOG, RECORD, ROWS), "As many as the log has sketches of, and as the bound file has."),
        "rows_used": Part(
            (RECORD, ROWS),
            "All rows where no unit is declared and the model has answered. How many units there are only the rows tell.",
        ),
        "statistics": Part(
            (LOG, RECORD, ROWS),
            "The log has the digest of the evidence, and each is of a criterion of the specification. Whether the counts are those of the rows, only the rows tell.",
        ),
        "judged": Part((RECORD, ROWS), "Each verdict follows from the counts; each criterion has one."),
        "set_aside": Part((RECORD, ROWS), "As for judged, of the groups that are small by the rule."),
        "decision": Part((LOG, RECORD, ROWS), "It follows from the verdicts; the log has its outcome."),
        "groups": Part(
            (RECORD, ROWS),
            "Names and definitions are the specification's; none is set aside that is not small by its own rows; rows and what is counted of them are those of the "
            "statistics that are about them. Where no criterion is, only the rows tell.",
        ),
        "curves": Part(
            (RECORD, ROWS),
            "Drawn again where the evidence holds the scores (of all rows, or of that group), and only of groups that gate. Elsewhere only the rows tell.",
        ),
        "profiles": Part(
            (RECORD, ROWS),
            "Each is of a bound data set and has its rows, or none where the column is absent; each documented column of the judged rows has one. What the columns hold only the rows tell.",
        ),
        "not_tested": Part(
            (RECORD, ROWS),
            "What no criterion asks follows from the specification; rows in no group and rows left out, from the numbers of rows; missing values, from the profiles. Of repeated rows, and of inputs that a "
            "perturbation leaves, only the rows tell.",
        ),
        "environment": Part(
            (),
            "The program tells it of itself, and nobody was there. Where a policy asks for fences and plug-ins, it is held against what is told here; a replay names each "
            "version that is another one.",
        ),
        "evidence_digest": Part((LOG, RECORD, ROWS), "It is that of seed, sources, statistics and blind."),
        "metrics": Part(
            (RECORD, ROWS),
            "Those that the criteria name, each as the catalogue of the same version of Assay has it; of checks of other packages, only their ids.",
        ),
        "bypasses": Part(
            (LOG, RECORD),
            "The log has the same. That one was given and not told, only the machine knows; a rehearsal has none.",
        ),
        "attempt": Part(
            (LOG, RECORD), "The log counts the judged runs on these rows; a rehearsal is the first."
        ),
        "overlaps": Part(
            (LOG, RECORD), "Told again of the sketches of all runs in the log; a rehearsal has none."
        ),
        "blind": Part(
            (LOG, RECORD), "It is in the evidence; a secret of the log, which tells a reader nothing."
        ),
        "search": Part(
            (RECORD, ROWS),
            "Its digest is among the sources, and so in the evidence, where the specification declares one. It names the model and the rows of the run, and "
            "what it says of each pair of models follows from its counts. What the rows of its counts hold, only another search tells.",
        ),
    }
)
"""Every part of the document of a record but its schema, by what it is held."""


def parts_contradict(
    record: Record,
    known: Mapping[str, MetricRecord],
    asking: Collection[str],
    cutting: Collection[str],
    version: str,
) -> str:
    """Where a record contradicts itself in what it tells besides its verdicts, in one sentence; empty when it does not.

    Args:
        known: what is told of the checks that are known. asking: ids of those that need the model's answers.
        cutting: ids of those for which small groups are judged apart.
        version: of Assay, by whose catalogue ``known`` is told; a record of another one may have other words.

    Raises:
        LookupError: the record names a criterion, a group or a data set that is nowhere.
    """
    record = replace(record, specification=in_told_order(record))
    told = bool(answered(record, asking))
    found = (
        *_criteria(record, asking),
        *_sources(record),
        *_rows(record, answered=told),
        *_metrics(record, known if record.environment.assay == version else {}),
        *_profiles(record),
        *_rehearsed(record),
    )
    wrong = next(iter(found), "") or groups_contradict(record, asking, cutting)
    return wrong or next(_not_tested(record, answered=told), "")


def _criteria(record: Record, asking: Collection[str]) -> Iterator[str]:
    wanted = [c.id for c in record.specification.criteria]
    if [j.assessment.criterion for j in record.judged] != wanted:
        yield "The record does not judge each criterion of its specification once, in its order."
    aside = [j.assessment.criterion for j in record.set_aside]
    if aside != [aside_of(name) for name in wanted if aside_of(name) in aside]:
        yield "The record judges small groups apart for what is no criterion of its specification, or not in its order."
    asked = {c.id: (c.metric, c.across or "") for c in record.specification.criteria}
    measured = [s.answers for s in record.statistics]
    for statistic in record.statistics:
        if (statistic.metric, statistic.across) != asked.get(statistic.criterion) or measured.count(
            statistic.answers
        ) > 1:
            yield f"The counts in the record for {statistic.answers!r} are not what its specification asks, or are there twice."
        if statistic.metric in asking and statistic.data != record.data:
            yield f"The counts in the record for {statistic.answers!r} are of the {statistic.data} rows, and the {record.data} rows were judged."
    for name in measured:
        if name not in {*wanted, *aside}:
            yield f"The record has counts for {name!r}, which it does not judge."


def _sources(record: Record) -> Iterator[str]:
    specification = record.specification
    paths = {
        "dictionary": specification.data.dictionary,
        "train": specification.data.train,
        "develop": specification.data.develop,
        "test": specification.data.test,
        "environment": specification.subject.environment,
        "search": specification.subject.search,
        "model": specification.subject.model,
    }
    declared = specification.data.lineage
    records = {role_of_record(path): path for path in (declared.records if declared else ())}
    for source in record.sources:
        if source.role in paths and source.path != paths[source.role]:
            yield f"The {source.role} is {source.path!r} in the record and {paths[source.role]!r} in its specification."
        if source.role.startswith(RECORD_ROLE) and records.get(source.role) != source.path:
            yield f"The {source.role} is {source.path!r} in the record, and no such record is in its specification."
        if source.role == "specification" and source.digest != record.specification_digest:
            yield "The specification that the record names is not the one among its sources."
    roles = [source.role for source in record.sources]
    if len(set(roles)) < len(roles):
        yield "The record names two sources for one role."


def _rows(record: Record, *, answered: bool) -> Iterator[str]:
    judged_on = "develop" if record.decision.rehearsal else "test"
    if record.data != judged_on:
        yield f"The record says that the {record.data} rows were judged; it is of a run on the {judged_on} rows."
        return
    rows = _rows_of(record)
    if record.rows != rows.get(record.data):
        yield f"The record says that {record.rows:,} rows were judged, and the file that it names has {rows.get(record.data, 0):,}."
    most = record.rows
    if not 0 <= record.rows_used <= most or (
        answered and record.specification.data.unit is None and record.rows_used != most
    ):
        yield f"The record says that {record.rows_used:,} of {record.rows:,} rows were used, and no unit of which one row counts."
    measured = {s.answers: s.data for s in record.statistics}
    for one in (*record.judged, *record.set_aside):
        data = measured.get(one.assessment.criterion)
        expected = 0 if data is None else rows[data]
        if one.assessment.rows != expected:
            yield f"The criterion {one.assessment.criterion!r} is of {one.assessment.rows:,} rows in the record; there are {expected:,}."


def _rows_of(record: Record) -> dict[str, int]:
    return {source.role: source.rows for source in record.sources}


def _metrics(record: Record, known: Mapping[str, MetricRecord]) -> Iterator[str]:
    wanted = list(dict.fromkeys(c.metric for c in record.specification.criteria))
    if [m.id for m in record.metrics] != wanted:
        yield "The metrics that the record explains are not those that its criteria name."
    for metric in record.metrics:
        if known.get(metric.id, metric) != metric:
            yield f"The record explains {metric.id} otherwise than the catalogue of Assay {record.environment.assay}."


def _profiles(record: Record) -> Iterator[str]:
    rows, documented = _rows_of(record), [c.name for c in record.dictionary.columns]
    for profile in record.profiles:
        counts = (profile.missing, profile.ill_typed, profile.out_of_range)
        absent = profile.rows == 0 and profile.data != record.data  # documented, and not in this file
        if not (absent or profile.rows == rows.get(profile.data)) or not all(
            0 <= n <= profile.rows for n in counts
        ):
            yield (
                f"The profile of {profile.column} in the {profile.data} data is of {profile.rows:,} rows in the record; the file has "
                f"{rows.get(profile.data, 0):,}."
            )
    for data in dict.fromkeys((record.data, *(p.data for p in record.profiles))):
        if [p.column for p in record.profiles if p.data == data] != documented:
            yield f"The profiles of the {data} data in the record are not of each documented column."


def _rehearsed(record: Record) -> Iterator[str]:
    if record.decision.rehearsal and (record.overlaps or record.bypasses or record.attempt != 1):
        yield "The record is that of a rehearsal, which is no attempt, bypasses nothing and uses no test rows; it says otherwise."


def _not_tested(record: Record, *, answered: bool) -> Iterator[str]:
    specification, told = record.specification, record.not_tested
    *asked, others = never_tested(specification)
    if (
        not record.groups
    ):  # so the order of the groups, in which the last sentence tells them, is not in the record
        others = told[-1] if told and told[-1].startswith(others.partition(":")[0]) else others
    expected = [*asked, others]
    if list(told[len(told) - len(expected) :]) != expected:
        absent = next((one for one in expected if one not in told), expected[0])
        yield f"The record does not say all that nothing is said about by its specification, or says it otherwise: {absent}"
    lacking = [(p.column, p.missing, p.rows) for p in record.profiles if p.data == record.data]
    named = [c for c in specification.criteria if c.data == record.data]
    earlier = {  # as earlier versions wrote it, which in a rehearsal did not see what is asked of the test rows
        sentence
        for criteria, of_inputs in ((specification.criteria, ()), (named, ()), (named, OF_INPUTS))
        for sentence in missing(
            specification.model_copy(update={"criteria": criteria}),
            record.dictionary,
            lacking,
            record.data,
            of_inputs,
        )
    }
    for said in missing(specification, record.dictionary, lacking, record.data):
        if said not in told and not earlier & set(told):
            yield f"The record does not say what follows from its profiles: {said}"
    if answered:
        yield from _rows_not_told(record)


def _rows_not_told(record: Record) -> Iterator[str]:
    specification, told = record.specification, record.not_tested
    outside = {
        name: record.rows_used - sum(g.rows for g in record.groups if g.grouping == name)
        for name in specification.protected
    }
    if specification.data.unit is None:
        for said in in_no_group(specification, outside, record.rows_used):
            if said not in told:
                yield f"The record does not say what follows from its numbers of rows: {said}"
        return
    for name, rows in outside.items():  # of more rows than count, and how many is not in the record
        if rows and not any(s.startswith(f"{name}: ") and s.endswith(IN_NO_GROUP) for s in told):
            yield f"The record does not say that rows are in none of the groups of {name}; {rows:,} of those used are."
    if record.rows_used < record.rows:
        said = left_out(specification, record.rows - record.rows_used, record.rows)
        if not any(sentence.startswith(said) for sentence in told):
            yield f"The record does not say that {said} it says so by its numbers of rows."
