"""Where the decision stands in the log: signatures, waivers, what was changed after a result, and the certificate."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from assay.domain import figures
from assay.domain.digests import short
from assay.domain.quorum import Word
from assay.domain.standing import Bound, Revision, Standing, Waiver
from assay.domain.state.state import Status
from assay.domain.state.waivers import TEST_SET_SPENT
from assay.domain.vocabulary import Outcome, Result, Verdict
from assay.dossier import wording
from assay.dossier.blocks import Block, Bullets, Code, Column, Link, Paragraph, Rich, Section, Strong, Table

_WORD = {Word.APPROVE: "approves", Word.REJECT: "rejects", Word.WITHDRAW: "withdrew"}
_MOST_CHANGES = 4


def waivers(standing: Standing, verdicts: Mapping[str, Verdict]) -> Iterable[Rich]:
    """What was set aside, by whom, until when and why; and what nobody can set aside.

    ``verdicts`` are those of this run by criterion: of one that passed nothing is set aside.
    """
    for waiver in standing.waivers:
        yield _waiver(waiver, passed=verdicts.get(waiver.criterion) is Verdict.PASS)
    if standing.waivers:
        yield (wording.NEVER_WAIVED,)


def _waiver(waiver: Waiver, *, passed: bool) -> Rich:
    held = "was waived" if waiver.over else "is waived"
    said = f" {held} by {waiver.holder} ({waiver.role}) {waiver.held}: {wording.sentences(waiver.reason)}"
    if waiver.used:
        said += " This run used it: its rows were judged on before, so alpha does not bound its verdicts."
    elif waiver.criterion == TEST_SET_SPENT:
        said += " This run made no use of it."
    elif passed:
        said += " In this run it passed: the waiver sets nothing aside."
    return (Strong(waiver.criterion), said)


def changed(standing: Standing) -> Iterable[Rich]:
    """For the first screen: that the specification was changed after a result, why, and the first changes."""
    for revision in standing.revisions:
        yield _revision(revision)
        found = revision.changes or ()
        yield from ((change.sentence(),) for change in found[:_MOST_CHANGES])
        if len(found) > _MOST_CHANGES:
            yield (f"and {wording.plural(len(found) - _MOST_CHANGES, 'more change')}: see ", _HERE, ".")


_HERE = Link("Signatures, waivers and versions", "standing")


def _revision(revision: Revision) -> Rich:
    what = (
        "The earlier document is not kept here, so the changes cannot be shown"
        if revision.changes is None
        else wording.plural(len(revision.changes), "change")
    )
    return (
        Strong(f"After the run of entry {revision.run} was {revision.outcome}"),
        f", a new version was locked (entry {revision.entry}). Reason: {wording.sentences(revision.reason)} {what}.",
    )


def bound(standing: Standing | None, outcome: Outcome) -> tuple[str, Rich]:
    """Whether the page is about a certificate, which, and up to which checkpoint of which log: a title and a text."""
    if standing is None:
        return "Not bound", (wording.NOT_BOUND,)
    place = (
        f" Drawn at the checkpoint of {wording.plural(standing.size, 'entry', 'entries')} of the log {standing.log}, root ",
        Code(standing.root),
        ".",
    )
    made = standing.certificate
    if made is None:
        return "Not bound", (
            f"No certificate was issued for this decision: {_open(standing, outcome)}.",
            *place,
            f" {wording.NOT_BOUND}",
        )
    return f"Certificate {short(made.certificate)}", (
        Strong(_worth(made)),
        f" It is entry {made.entry} of the log and binds the bytes of the model and the record that this page is drawn from.",
        *place,
        f" {wording.ONLY_DRAWN}",
    )


def taken_back(standing: Standing | None) -> str:
    """For the head of the page: that the certificate of this decision is good no more, and why."""
    made = standing.certificate if standing is not None else None
    if made is None or made.status is Status.GOOD:
        return ""
    return f"Its certificate is {made.status.value}: {wording.sentences(made.why)} Nobody may rely on it now. What was decided then: "


def _open(standing: Standing, outcome: Outcome) -> str:
    """What a certificate still waits for; a refusal waits for nobody."""
    if outcome is Outcome.WITHHELD:
        return "it is withheld, which needs no signatures to be issued as FAILED"
    lacking = wording.listed(tuple(f"{count} {role}" for role, count in standing.missing))
    return f"signatures are missing ({lacking})" if lacking else "the signatures are there"


def _worth(made: Bound) -> str:
    if made.status is not Status.GOOD:
        return f"{made.worth}: {wording.sentences(made.why)}"
    if made.result == Result.FAILED:
        return f"{made.worth}: it refuses the model."
    return f"{made.worth}, until {dt.datetime.fromisoformat(made.valid_until):%Y-%m-%d}."


def section(standing: Standing) -> Section:
    """Everything in full."""
    blocks: list[Block] = [_signatures(standing)]
    if standing.waivers:
        blocks += [_waivers(standing), Paragraph((wording.NEVER_WAIVED,), tone="note")]
    else:
        blocks.append(Paragraph(("Nothing was waived.",)))
    for revision in standing.revisions:
        blocks.append(Paragraph(_revision(revision)))
        if revision.changes:
            blocks.append(Bullets(tuple((change.sentence(),) for change in revision.changes)))
        blocks.append(
            Paragraph(("From ", Code(revision.before), " to ", Code(revision.after), "."), tone="note")
        )
    if not standing.revisions:
        blocks.append(
            Paragraph(
                ("The specification was not changed after a result: no earlier version of it was judged.",)
            )
        )
    return Section("standing", "Signatures, waivers and versions", tuple(blocks))


def _signatures(standing: Standing) -> Block:
    if not standing.signed:
        return Paragraph(("Nobody has signed the decision yet.",))
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (s.holder,),
            (s.role,),
            (_WORD[s.word],),
            (s.reason or figures.NONE,),
            (_time(s.time),),
            (str(s.entry),),
        )
        for s in standing.signed
    )
    titles = ("Who", "Role", "Word", "Reason", "When (UTC)")
    columns = (*(Column(t) for t in titles), Column("Entry", numeric=True))
    return Table("What was said of the decision, in order; the latest word of each counts", columns, rows)


def _waivers(standing: Standing) -> Table:
    rows: tuple[tuple[Rich, ...], ...] = tuple(
        (
            (w.criterion,),
            (w.holder,),
            (w.role,),
            (f"{_time(w.until)}{' (over)' if w.over else ''}",),
            (w.reason,),
            (str(w.entry),),
        )
        for w in standing.waivers
    )
    titles = ("What", "By whom", "Role", "Until (UTC)", "Reason")
    return Table("What was waived", (*(Column(t) for t in titles), Column("Entry", numeric=True)), rows)


def _time(text: str) -> str:
    return f"{dt.datetime.fromisoformat(text):%Y-%m-%d %H:%M}"
