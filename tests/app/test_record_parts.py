"""What a record tells besides its verdicts is held, too: by who signs or issues, by an outsider with the review pack, by a replay."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder, people, replaced
from tests.app.team import Team

import assay
from assay.app.judging import certify, measure
from assay.app.judging.replay import NOT_COMPARED, Alike, compared, replay
from assay.app.organisation.export import export_decision, export_review
from assay.app.organisation.ledger import open_ledger
from assay.app.organisation.sign_elsewhere import look_in
from assay.app.verifying.agreement import documents_contradict, log_contradicts, opened
from assay.app.verifying.evidence import evidence_digest
from assay.app.verifying.rejudge import contradicted
from assay.app.verifying.verify import verify_certificate
from assay.domain.record import Record
from assay.domain.record_document import to_document
from assay.domain.record_parts import PARTS, Held
from assay.domain.record_schema import record_schema
from assay.domain.state import DecisionState, State
from assay.domain.vocabulary import Outcome, Verdict
from assay.proof.canonical import canonical
from assay.proof.verification import Answer
from assay.store.workspace import Workspace


def reused(folder: Folder) -> Team:
    """A second set of test rows, of which 6 % were judged on before; its decision waits for signatures."""
    team = Team(folder).lock()
    team.certify()
    folder.test = pa.concat_tables([folder.test.slice(0, 240), people(3760, 7)])
    folder.edit("purpose: rank applicants", "purpose: rank the applicants").write()
    team.lock(reason="words")
    return team


def reused_and_judged(folder: Folder) -> Team:
    team = reused(folder)
    team.certify()
    return team


@dataclass
class Judged:
    """A judged run as who signs it has it."""

    record: Record
    decision: DecisionState
    state: State
    documents: Callable[[str], bytes]


@pytest.fixture
def judged(after: Callable[[Callable[[Folder], Team]], Team]) -> Judged:
    team = after(reused_and_judged)
    with open_ledger(team.root) as ledger:
        state = ledger.state()
    decision = list(state.decisions.values())[-1]
    documents = Workspace.of(team.root).blobs.get
    record = opened(documents(decision.record), documents, decision, state)
    return Judged(record, decision, state, documents)


def first(many: tuple[Any, ...], **changes: Any) -> tuple[Any, ...]:
    return (replace(many[0], **changes), *many[1:])


OTHER = "sha256:" + "0" * 64
EDITS: dict[str, Callable[[Record], Any]] = {
    "specification": lambda r: r.specification.model_copy(update={"name": "large-loans"}),
    "specification_digest": lambda _: OTHER,
    "dictionary": lambda r: r.dictionary.model_copy(update={"columns": r.dictionary.columns[1:]}),
    "sources": lambda r: tuple(replace(s, path="x", rows=s.rows + 1) for s in r.sources),
    "seed": lambda _: "0" * 64,
    "data": lambda _: "develop",
    "rows": lambda r: r.rows + 1,
    "rows_used": lambda r: r.rows_used - 1,
    "statistics": lambda r: r.statistics[1:],
    "judged": lambda r: r.judged[1:],
    "set_aside": lambda _: (),
    "decision": lambda r: replace(r.decision, outcome=Outcome.WITHHELD),
    "groups": lambda r: tuple(replace(g, small=False) for g in r.groups),
    "curves": lambda r: first(r.curves, points=((0.0, 0.0), (0.0, 1.0), (1.0, 1.0))),
    "profiles": lambda r: r.profiles[1:],
    "not_tested": lambda _: (),
    "environment": lambda r: replace(r.environment, python="2.7"),
    "evidence_digest": lambda _: OTHER,
    "metrics": lambda r: first(r.metrics, estimand="how good it is"),
    "bypasses": lambda _: ("none",),
    "attempt": lambda r: r.attempt + 1,
    "overlaps": lambda _: (),
    "blind": lambda _: "0" * 64,
    "search": lambda _: "{}",
}
"""For each part of the document of a record a lie in it."""


def edited(record: Record, part: str) -> Record:
    """The record with a lie in one part, as its writer would have it: evidence that was changed has its digest."""
    lie = replace(record, **{part: EDITS[part](record)})
    assert getattr(lie, part) != getattr(record, part)
    return lie if part == "evidence_digest" else replace(lie, evidence_digest=evidence_digest(lie.evidence))


def by(held: Held) -> list[str]:
    return [part for part, told in PARTS.items() if held in told.by]


def test_each_part_of_the_document_is_held_by_something_or_says_why_by_nothing() -> None:
    """A new part fails here until it is held, or somebody has written why it cannot be."""
    parts = set(record_schema()["properties"]) - {"schema"}
    assert parts == set(PARTS) == set(EDITS)
    assert all(told.how.endswith(".") for told in PARTS.values())
    assert {part for part, told in PARTS.items() if not told.by} == set(NOT_COMPARED)


def test_the_run_has_something_to_leave_out(judged: Judged) -> None:
    record = judged.record
    assert record.overlaps
    assert record.set_aside
    assert [g.label for g in record.groups if g.small] == ["60 and over"]
    assert contradicted(record) == ""


@pytest.mark.parametrize("part", by(Held.LOG))
def test_what_the_log_knows_is_held_against_it(judged: Judged, part: str) -> None:
    lie = edited(judged.record, part)
    assert log_contradicts(lie, judged.decision, judged.state) is not None
    with pytest.raises(assay.Distrusted):
        opened(canonical(to_document(lie)), judged.documents, judged.decision, judged.state)


@pytest.mark.parametrize("part", by(Held.DOCUMENTS))
def test_what_was_locked_is_held_against_the_documents(judged: Judged, part: str) -> None:
    assert documents_contradict(edited(judged.record, part), judged.documents) is not None


OF_REHEARSALS = ("attempt", "bypasses", "overlaps")
"""Parts of which the record alone says only that a rehearsal has none."""


@pytest.mark.parametrize("part", [part for part in by(Held.RECORD) if part not in OF_REHEARSALS])
def test_what_follows_from_other_parts_is_held_against_them(judged: Judged, part: str) -> None:
    lie = edited(judged.record, part)
    if part in {"seed", "blind"}:  # they are in the evidence, and held by its digest alone
        lie = replace(lie, evidence_digest=judged.record.evidence_digest)
    assert contradicted(lie)


@pytest.mark.parametrize("part", OF_REHEARSALS)
def test_a_rehearsal_says_by_itself_that_it_is_no_attempt(folder: Folder, part: str) -> None:
    record = assay.certify(folder.write(), rehearse=True, workers=0).record
    assert contradicted(record) == ""
    assert contradicted(replace(record, **{part: {"attempt": 2}.get(part, ("One.",))}))


@pytest.mark.parametrize("part", by(Held.ROWS))
def test_a_part_that_is_not_what_comes_out_is_no_identical_replay(judged: Judged, part: str) -> None:
    lie = edited(judged.record, part)
    assert compared("", lie, judged.record).alike is Alike.DIFFERENT
    assert compared("", judged.record, judged.record).alike is Alike.IDENTICAL


LIES: dict[str, tuple[Callable[[Record], Record], str]] = {
    "another group is called small": (
        lambda r: replace(r, groups=first(r.groups, small=True)), "has no rows|was set aside in the record",
    ),
    "a group that was set aside has fewer rows": (
        lambda r: replace(r, groups=tuple(replace(g, rows=g.rows // 2, positives=0, favourable=0, correct=0) for g in r.groups)),
        "the counts of",
    ),
    "a group is defined otherwise": (lambda r: replace(r, groups=first(r.groups, definition="sex = 3")), "not those that its"),
    "there are no groups": (lambda r: replace(r, groups=()), "not those that its specification declares"),
    "a criterion that is no use is left out": (lambda r: replace(r, judged=r.judged[:-1]), "does not judge each criterion"),
    "a verdict is of more rows": (
        lambda r: replace(r, judged=first(r.judged, assessment=replace(r.judged[0].assessment, rows=40_000))), "there are 4,000",
    ),
    "what is compared is defined otherwise": (
        lambda r: replace(
            r,
            judged=tuple(
                replace(j, assessment=replace(j.assessment, definition="everybody")) if j.assessment.across else j for j in r.judged
            ),
        ),
        "are defined otherwise",
    ),
    "one thing that is not tested is left out": (lambda r: replace(r, not_tested=r.not_tested[:-1]), "does not say all"),
    "a curve is left out": (lambda r: replace(r, curves=r.curves[1:]), "not those of the scores"),
    "a curve of a group that was set aside": (
        lambda r: replace(r, curves=(*r.curves, replace(r.curves[0], across="age", label="60 and over"))), "no group that gates",
    ),
    "a profile is of other rows": (lambda r: replace(r, profiles=first(r.profiles, rows=3)), "the file has 4,000"),
    "counts are of other rows than were judged": (
        lambda r: replace(r, statistics=tuple(replace(s, data="develop") for s in r.statistics)), "of the develop rows",
    ),
    "a file is elsewhere": (lambda r: replace(r, sources=tuple(replace(s, path="x") for s in r.sources)), "is 'x' in the record"),
}  # fmt: skip


@pytest.mark.parametrize("lie", LIES)
def test_a_record_that_tells_something_else_than_its_other_parts_is_refused_with_a_sentence(
    judged: Judged, lie: str
) -> None:
    change, said = LIES[lie]
    told = change(judged.record)
    told = replace(told, evidence_digest=evidence_digest(told.evidence))
    found = contradicted(told)
    assert pytest.RaisesExc(ValueError, match=said).matches(ValueError(found)), found


@contextmanager
def written_by_hand(change: Callable[[Record], Record]) -> Iterator[None]:
    """Whoever submits patches the program: the record that the log decides on is another one than the run gave."""
    own = certify.record_of
    with pytest.MonkeyPatch.context() as dishonest:
        dishonest.setattr(certify, "record_of", lambda *given, **how: change(own(*given, **how)))
        yield


def signed_and_issued_by_the_careless(team: Team) -> None:
    with pytest.MonkeyPatch.context() as careless:
        careless.setattr("assay.app.verifying.agreement.log_contradicts", lambda *_: None)
        careless.setattr("assay.app.verifying.agreement.counts_contradict", lambda *_: None)
        team.sign().issue()


def refused_everywhere(team: Team, said: str) -> None:
    """By who signs here and elsewhere, by who issues what others have signed, and by an outsider with the review pack."""
    for asks in (team.sign, team.issue):
        with pytest.raises(assay.Distrusted, match=said):
            asks()
    with pytest.raises(assay.Distrusted, match=said):
        export_decision(team.root, team.root / "decision.zip")
    with pytest.MonkeyPatch.context() as careless:
        careless.setattr("assay.app.verifying.agreement.log_contradicts", lambda *_: None)
        careless.setattr("assay.app.verifying.agreement.counts_contradict", lambda *_: None)
        export_decision(team.root, team.root / "decision.zip")
    with pytest.raises(assay.Distrusted, match=said):
        look_in(team.root / "decision.zip", team.policy)
    signed_and_issued_by_the_careless(team)
    assert team.gate() is None, "nothing shows it without the pack"
    with pytest.MonkeyPatch.context() as careless:
        careless.setattr("assay.app.verifying.agreement.log_contradicts", lambda *_: None)
        careless.setattr("assay.app.verifying.agreement.counts_contradict", lambda *_: None)
        export_review(team.root, team.root / "review.zip")
    found = verify_certificate(
        team.root / "cert",
        model=team.root / "test.parquet",
        policy=team.policy,
        use_case="small-loans",
        review=team.root / "review.zip",
    )
    assert found.steps[-1].answer is Answer.REFUSED
    assert pytest.RaisesExc(ValueError, match=said).matches(ValueError(found.steps[-1].sentence))


def test_used_rows_that_the_record_does_not_tell_of_are_found(
    after: Callable[[Callable[[Folder], Team]], Team],
) -> None:
    team = after(reused)
    with written_by_hand(lambda record: replace(record, overlaps=())):
        team.certify()
    said = r"list of earlier runs on the same rows is empty in the record and 6% of these test rows were used"
    with pytest.raises(assay.Distrusted, match=said):
        replay(team.root, workers=0)
    refused_everywhere(team, said)


@pytest.mark.begins("locked")
def test_what_is_not_tested_and_what_is_small_is_not_left_out(team: Team) -> None:
    def silent(record: Record) -> Record:
        return replace(record, not_tested=(), groups=tuple(replace(g, small=False) for g in record.groups))

    with written_by_hand(silent):
        team.certify()
    found = replay(team.root, workers=0)
    assert found.alike is Alike.DIFFERENT
    assert [part for part in ("groups", "not_tested") if any(repr(part) in d for d in found.differences)] == [
        "groups",
        "not_tested",
    ]
    refused_everywhere(team, "calls none of age small|groups of age aside as small")


def test_a_third_of_the_rows_is_not_set_aside_as_a_small_group(folder: Folder) -> None:
    """Nobody under 30 is approved; whoever judges calls them a small group, which the specification has below 2 %."""

    def refusing(n: int, seed: int) -> pa.Table:
        table = people(n, seed)
        score, young = np.array(table["score"].to_pylist()), np.asarray(table["age"]) < 30
        return replaced(table, "score", np.where(young, score / 2 + 0.5, score))

    folder.test, folder.develop = refusing(4000, 1), refusing(2000, 2)
    folder.edit(
        "metric: fairness.equal_opportunity, across: age, at_most: 0.15, tier: supporting",
        "metric: fairness.impact_ratio, across: age, at_least: 0.80, tier: critical",
    )
    folder.edit(
        "ranking, metric: performance.auc, at_least: 0.75", "ranking, metric: performance.auc, at_least: 0.60"
    )
    folder.edit("at_least: 0.70, expected: 0.8", "at_least: 0.60, expected: 0.8")
    folder.edit("bands: [30, 60]", "bands: [30, 45, 60]")
    team = Team(folder).lock()
    own = measure.small_groups

    def generous(*given: Any) -> dict[str, frozenset[str]]:
        found = own(*given)
        return found | {"age": found["age"] | {"under 30"}}

    with pytest.MonkeyPatch.context() as dishonest:
        dishonest.setattr(measure, "small_groups", generous)
        done = team.certify()
    assert done.record.judged[3].verdict is Verdict.PASS
    refused_everywhere(
        team,
        r"group 'under 30' of age was set aside in the record, and has 1,132 of 4,000 rows; the specification",
    )


HONEST: dict[str, Callable[[Folder], None]] = {
    "one row of each unit counts": lambda f: [
        f.edit("custody: validator}", "custody: validator, unit: household}"),
        setattr(f, "dictionary", f.dictionary + "  - {name: household, type: identifier, description: who lives together}\n"),
        *(
            setattr(f, name, table.append_column("household", pa.array(np.arange(len(table)) // 2)))
            for name, table in (("test", f.test), ("develop", f.develop))
        ),
    ],
    "some are in no group": lambda f: [
        setattr(f, name, replaced(table, "sex", [9] * 7 + table["sex"].to_pylist()[7:]))
        for name, table in (("test", f.test), ("develop", f.develop))
    ],
    "attributes are crossed": lambda f: f.edit("small_groups:", "intersections: [[sex, age]]\nsmall_groups:").edit(
        "metric: fairness.equal_opportunity, across: age", "metric: fairness.equalized_odds, across: sex*age"
    ),
    "nothing is called small": lambda f: f.edit("small_groups: {below_share: 0.02, treat: advisory}", ""),
    "the model's scores are impossible": lambda f: setattr(f, "test", replaced(f.test, "score", [2.0] * 4000)),
    "labels are neither": lambda f: setattr(f, "test", replaced(f.test, "bad", [7, *[0, 1] * 1999, 1])),
}  # fmt: skip


@pytest.mark.parametrize("rehearse", [False, True])
@pytest.mark.parametrize("case", HONEST)
def test_an_honest_record_contradicts_nothing(folder: Folder, case: str, rehearse: bool) -> None:
    HONEST[case](folder)
    how = (
        {"rehearse": True}
        if rehearse
        else {"certify_without_a_lock": True, "certify_a_hopeless_specification": True}
    )
    done = assay.certify(folder.write(), workers=0, **how)
    assert contradicted(assay.load_record(folder.root, done.digest)[1]) == ""


def test_missing_values_that_no_criterion_asks_about_are_not_left_out(folder: Folder) -> None:
    folder.dictionary = folder.dictionary.replace("range: [0, null]}", "range: [0, null], missing: allowed}")
    income = folder.test["income"].to_pylist()
    folder.test = replaced(
        folder.test, "income", [None if n % 400 == 0 else one for n, one in enumerate(income)]
    )
    record = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    said = "Missing values in income (10 of 4,000 rows): no criterion asks about them."
    assert said in record.not_tested
    assert not contradicted(record)
    without = replace(record, not_tested=tuple(s for s in record.not_tested if s != said))
    assert said in contradicted(without)
