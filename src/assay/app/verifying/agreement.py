"""What the log, a record and a certificate say of one decision must be alike: each of them may be written by somebody else.

The log names outcome, evidence and bypasses of a record that it does not hold; a certificate repeats what both say. Who signs,
issues or verifies with the record at hand compares, because the rules of the log cannot: they never see a record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from assay.app.verifying.terms import terms_of
from assay.domain.digests import bindings_of, named
from assay.domain.errors import InvalidDocument, MissingExtra
from assay.domain.plain import to_plain
from assay.domain.record import Record
from assay.domain.record_document import UnreadableRecord, read_record
from assay.domain.refusal import Because, Distrusted, Refusal
from assay.domain.scope import Material
from assay.domain.specification.base import Block
from assay.domain.state import DecisionState, State
from assay.domain.state.runs import other_dictionary, used_before
from assay.dossier.wording import grouping
from assay.proof.certificate import Certificate
from assay.reading.dictionary import dictionary_in
from assay.reading.specification import specification_in

Said = tuple[str, object, object]
"""What is told, how the one says it, and how the other."""
Documents = Callable[[str], bytes]
"""Gives the bytes of a document by its digest; none of one that is not there."""


def opened(content: bytes, documents: Documents, decision: DecisionState, state: State) -> Record:
    """The record of a decision for who signs or issues it, held against the log and judged again from its own counts.

    Args:
        content: its bytes, as they are kept under its digest. documents: gives the specification and the dictionary that were locked.

    Raises:
        Distrusted: it cannot be read, says something else than the log or a document, or its verdicts do not follow from its counts.
        MissingExtra: what judges again is not installed.
    """
    remedy = "Somebody wrote the record or the log by hand. See: assay log show"
    try:
        record = read_record(content)
    except UnreadableRecord as broken:
        raise Distrusted(unreadable(broken), remedy=remedy) from broken
    wrong = (
        log_contradicts(record, decision, state)
        or documents_contradict(record, documents)
        or counts_contradict(record)
    )
    if wrong is not None:
        raise Distrusted(wrong, remedy=remedy)
    return record


def unreadable(broken: UnreadableRecord) -> Refusal:
    """The refusal of a decision whose record nobody can read."""
    return Refusal(Because.ATTESTATION_CHANGED, f"The record cannot be read: {broken.message}")


def log_contradicts(record: Record, decision: DecisionState, state: State) -> Refusal | None:
    """Where the log says something else of a decision than its record; None when they agree."""
    run, lock = state.runs[decision.run], state.lock_behind(decision)
    if record.decision.rehearsal:
        return Refusal(
            Because.JUDGED_DIFFERENTLY, "The record is that of a rehearsal, which decides nothing."
        )
    dictionary = dictionary_of(record) or ""
    if lock.terms.dictionary != dictionary:
        return Refusal(Because.JUDGED_DIFFERENTLY, other_dictionary(lock, dictionary))
    if lock.terms != terms_of(record.specification, dictionary):
        return Refusal(
            Because.JUDGED_DIFFERENTLY,
            "The specification was locked on other terms than it states: the log counted signatures or attempts by them.",
        )
    return _first_difference(
        "the log",
        (
            ("outcome", decision.outcome, record.decision.outcome.value),
            ("evidence", decision.evidence, record.evidence_digest),
            ("specification", decision.specification, record.specification_digest),
            ("attempt", run.attempt, record.attempt),
            ("bypasses", list(decision.bypasses), list(record.bypasses)),
            (
                "list of earlier runs on the same rows",
                " ".join(used_before(state, run)),
                " ".join(record.overlaps),
            ),
            ("number of test rows", run.rows.rows, record.rows),
            ("seed", lock.seed, named(record.seed)),
            *(
                (f"digest of the {role}", run.subject.get(role), digest)
                for role, digest in {source.role: source.digest for source in record.sources}.items()
            ),
        ),
    )


def documents_contradict(record: Record, documents: Documents) -> Refusal | None:
    """Where a record holds another specification or dictionary than the documents say that it names by digest; None if those.

    Without this, who writes a record by hand could name the locked documents and judge by lower thresholds, or have another
    dictionary on the page than the one that was agreed to.
    """
    return _another_than(
        documents(record.specification_digest), record.specification, "specification", specification_in
    ) or _another_than(documents(dictionary_of(record) or ""), record.dictionary, "dictionary", dictionary_in)


def _another_than(
    content: bytes, held: Block, name: str, reader: Callable[[bytes, str], Block]
) -> Refusal | None:
    try:
        locked = reader(content, f"the {name}")
    except InvalidDocument as wrong:
        return Refusal(
            Because.JUDGED_DIFFERENTLY,
            f"The document of the {name} cannot be read: {wrong.problems[0].message}",
        )
    if locked == held:
        return None
    ours, theirs = (cast("dict[str, Any]", to_plain(one, type(one))) for one in (locked, held))
    parts = sorted(part for part in {*ours, *theirs} if ours.get(part) != theirs.get(part))
    return Refusal(
        Because.JUDGED_DIFFERENTLY,
        f"The record was judged by another {name} than the locked document says; they differ in: {', '.join(parts)}.",
    )


def certificate_contradicts(record: Record, certificate: Certificate) -> Refusal | None:
    """Where a certificate says something else than the record that it is of; None when they agree."""
    attested, scope = dict(certificate.attestations), certificate.scope
    if judged_model(record) not in bindings_of(certificate.manifest.files):
        return Refusal(
            Because.JUDGED_DIFFERENTLY,
            "The files of the certificate are not those that the record was judged on.",
        )
    return _first_difference(
        "the certificate",
        (
            ("evidence", attested.get("evidence"), record.evidence_digest),
            ("specification", attested.get("specification"), record.specification_digest),
            ("attempt", scope.attempt, record.attempt),
            ("bypasses", list(scope.bypasses), list(record.bypasses)),
            ("overlaps", list(scope.overlaps), list(record.overlaps)),
            ("dictionary", attested.get("dictionary"), dictionary_of(record)),
            *(
                (name.replace("_", " "), getattr(scope, name), value)
                for name, value in scope_of(record).items()
            ),
        ),
    )


def scope_of(record: Record) -> dict[str, Any]:
    """The part of a certificate's scope that its record says, by the names of :class:`~assay.proof.certificate.Scope`."""
    specification = record.specification
    use, prediction = specification.use_case, specification.prediction
    return {
        "name": specification.name,
        "domain": use.domain,
        "purpose": use.purpose,
        "population": use.population,
        "risk": use.risk,
        "jurisdictions": use.jurisdictions,
        "format": specification.subject.format,
        "inputs": specification.subject.inputs,
        "decide_at": None if prediction.decide_at is None else str(prediction.decide_at),
        "favourable": prediction.favourable,
        "predicts": prediction.answers.words,
        "outcome": record.decision.outcome.value,
        "conditions": tuple(ground.sentence for ground in record.decision.conditions),
        "not_decided_for": not_decided_for(record),
        "says_nothing_about": record.says_nothing_about,
        "custody": specification.data.custody,
        "isolation": record.environment.isolation.level,
        "plugins": tuple(plugin.digest for plugin in record.environment.plugins),
        "materials": tuple(Material(s.role, s.path, s.digest) for s in record.sources),
        "commit": record.environment.commit,
        "packages": record.environment.model
        or tuple(sorted((("python", record.environment.python), *record.environment.packages))),
        "modules": record.environment.modules,
    }


def not_decided_for(record: Record) -> tuple[str, ...]:
    """The groups that are too small to decide anything for, each with what it is a group of."""
    return tuple(dict.fromkeys(f"{grouping(g.grouping)}: {g.label}" for g in record.groups if g.small))


def dictionary_of(record: Record) -> str | None:
    """The digest of the dictionary that a record was judged with; None if it names none."""
    return next((source.digest for source in record.sources if source.role == "dictionary"), None)


def judged_model(record: Record) -> str:
    """The digest of what was judged: the model, or the file of test rows that holds its scores; empty if there is none."""
    role = record.specification.subject.judged_role
    return next((source.digest for source in record.sources if source.role == role), "")


def counts_contradict(record: Record) -> Refusal | None:
    """Where a record's verdicts do not follow from its own counts; None when they do.

    Raises:
        MissingExtra: what judges again is not installed.
    """
    try:
        from assay.app.verifying.rejudge import contradicted
    except ModuleNotFoundError as absent:
        raise (MissingExtra.of(absent.name or "") or absent) from None
    wrong = contradicted(record)
    return Refusal(Because.JUDGED_DIFFERENTLY, wrong) if wrong else None


def _first_difference(who: str, told: Iterable[Said]) -> Refusal | None:
    for what, said, found in told:
        if said != found:
            return Refusal(
                Because.JUDGED_DIFFERENTLY,
                f"The {what} is {_shown(found)} in the record and {_shown(said)} in {who}.",
            )
    return None


def _shown(value: object) -> str:
    return "not there" if value is None else str(value) or "empty"
