"""JUnit XML for continuous integration: never green because something is absent."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from assay.domain.assessment import Judged
from assay.domain.decide import Ground
from assay.domain.record import Record
from assay.domain.vocabulary import Outcome, Tier, Verdict
from assay.dossier import wording
from assay.dossier.lookup import Lookup

DECISION = "decision"


def render_junit(record: Record) -> str:
    """A suite per stage with a case per criterion, and one suite for the decision itself.

    A critical or supporting criterion that does not pass is a failure, or an error where nothing could be measured;
    an advisory one is skipped with its message. The decision is a case of its own, so that a run that asked
    nothing, or in which a criterion was never judged, fails as well.
    """
    lookup = Lookup(record)
    root = Element("testsuites", name=_text(record.specification.name))
    suites = [_stage(lookup, stage.value, judged) for stage, judged in lookup.by_stage]
    suites.append(_decision(record))
    root.extend(suites)
    for suite in (*suites, root):
        _count(suite)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _stage(lookup: Lookup, stage: str, judged: tuple[Judged, ...]) -> Element:
    suite = Element("testsuite", name=stage)
    for j in judged:
        a = j.assessment
        case = SubElement(suite, "testcase", classname=_text(f"assay.{stage}"), name=_text(a.criterion))
        if j.verdict is not Verdict.PASS:
            _outcome(case, lookup, j)
    if not judged:
        case = SubElement(suite, "testcase", classname=f"assay.{stage}", name="required stage")
        SubElement(case, "error", type="stage_missing", message="The required stage has no verdict.")
    return suite


def _outcome(case: Element, lookup: Lookup, j: Judged) -> None:
    message = _text(f"{lookup.asked(j)}: {wording.VERDICT[j.verdict]}. {j.sentence}")
    if j.assessment.tier is Tier.ADVISORY:
        SubElement(case, "skipped", message=f"advisory: {message}")
        return
    tag = "error" if j.verdict in {Verdict.ERROR, Verdict.NOT_EVALUABLE} else "failure"
    SubElement(case, tag, type=j.reason.value, message=message)


def _decision(record: Record) -> Element:
    decision = record.decision
    suite = Element("testsuite", name=DECISION)
    case = SubElement(suite, "testcase", classname="assay.decision", name=DECISION)
    if decision.rehearsal:
        _say(case, "rehearsal", _text(wording.REHEARSAL), decision.grounds)
    elif decision.outcome is not Outcome.CERTIFIED:
        _say(case, decision.outcome.value, wording.OUTCOME_MEANS[decision.outcome], decision.grounds)
    return suite


def _say(case: Element, kind: str, message: str, grounds: tuple[Ground, ...]) -> None:
    failure = SubElement(case, "failure", type=kind, message=message)
    failure.text = "\n".join(_text(f"{g.reason.value}: {g.sentence}") for g in grounds)


def _count(suite: Element) -> None:
    suite.set("tests", str(len(list(suite.iter("testcase")))))
    for tag, attribute in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(attribute, str(len(list(suite.iter(tag)))))


def _text(text: str) -> str:
    """Text that XML 1.0 can hold: control characters are spelt out."""
    return "".join(
        c if c.isprintable() or c in "\n\t" else f"[U+{ord(c):04X}]" for c in wording.visible(text)
    )
