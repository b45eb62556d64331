"""Whether a judged run may begin: before a file of data is opened the lock in force, the fences that the policy asks for
and no check of a package that it does not allow; then the commit that names its code."""

from __future__ import annotations

from pathlib import Path

from assay.app.judging.case import Case
from assay.app.judging.conditions import Conditions
from assay.app.organisation.ledger import Ledger, open_ledger
from assay.domain.entry import Action
from assay.domain.isolation import HIGHEST, below
from assay.domain.policy import Policy
from assay.domain.quorum import Quorum
from assay.domain.refusal import Because, Refusal, Refused
from assay.domain.specification import Specification
from assay.domain.state import Lock
from assay.domain.state.runs import other_dictionary
from assay.domain.state.words import spoken_against
from assay.store.workspace import Workspace
from assay.subject.code import code_of, in_a_repository

_UNNAMED = "the use is of high risk, and no commit names the code that was judged"
WITHOUT_A_COMMIT = f"certify_code_without_a_commit: {_UNNAMED}"


def admit(conditions: Conditions) -> None:
    """Refuse a judged run before it opens a row of its test data.

    Raises:
        NoLog: nobody has said whose keys count.
        Refused: ``not_locked`` or ``lock_superseded``; ``isolation_too_low`` or ``plugin_not_allowed``, which are logged.
    """
    with open_ledger(conditions.root) as ledger:
        policy = ledger.policy()
        lock_of(conditions.specification, conditions.digest, conditions.dictionary, ledger)
        try:
            _refuse_too_few_fences(conditions, policy)
            _refuse_other_plugins(conditions, policy)
        except Refused as refused:
            ledger.log_refusal(Action.RUN_REFUSED, conditions.digest, refused)
            raise


def lock_of(specification: Specification, digest: str, dictionary: str, ledger: Ledger) -> Lock:
    """The lock of exactly this specification and this dictionary, both by digest.

    Raises:
        Refused: ``not_locked``, ``lock_superseded`` or ``rejected``.
    """
    state = ledger.state()
    lock = state.locked(digest, dictionary)
    if lock is not None:
        against = spoken_against(state, lock)
        if against is not None:
            raise Refused(
                against,
                remedy="Who rejected it takes that back (assay lock SPECIFICATION --as ROLE --key KEY --withdraw), or a changed version is "
                "agreed to and locked.",
            )
        return lock
    name = specification.name
    other = state.lock_in_force(name)
    if other is None:
        agreed = state.agreed(digest, dictionary, name, specification.approval.lock)
        said, how = f"{name} was not locked before its result. {_who(agreed)}", ""
    elif other.specification == digest:
        said, how = other_dictionary(other, dictionary), " --reason WHY; or put the locked dictionary back"
    else:
        said = f"{name} is locked in another version (entry {other.entry}): this file was changed since."
        how = " --reason WHY"
    raise Refused(
        Refusal(Because.NOT_LOCKED if other is None else Because.LOCK_SUPERSEDED, said),
        remedy=f"Agree to this version with: assay lock SPECIFICATION --as ROLE --key KEY{how}; or rehearse: --rehearse",
    )


def _who(agreed: Quorum) -> str:
    """Who agreed so far, and who is missing."""
    if not agreed.approvals:
        return f"Nobody agreed to it. {agreed.sentence()}"
    spoke = ", ".join(f"{a.holder} ({a.role})" for a in agreed.approvals)
    return f"Agreed so far: {spoke}. {agreed.sentence()}"


def _refuse_too_few_fences(conditions: Conditions, policy: Policy) -> None:
    found = conditions.isolation
    lacking = below(found, policy.isolation)
    if not lacking:
        return
    named = "; ".join(f"{fence}: {why}" for fence, why in lacking)
    raise Refused(
        Refusal(
            Because.ISOLATION_TOO_LOW,
            f"Here model and data run at isolation level {found.level} of {HIGHEST}, and the policy's least is "
            f"{policy.isolation}. Missing fences: {named}. No test row was read.",
        ),
        remedy="Judge where they can be put up (a Linux kernel with Landlock and seccomp, and a container that allows both and "
        "user namespaces), and see which are with: assay sandbox; or let the root keys sign a policy that accepts less: "
        "assay trust edit",
    )


def _refuse_other_plugins(conditions: Conditions, policy: Policy) -> None:
    for plugin in conditions.plugins:
        if plugin.digest not in policy.plugins:
            named = f"{plugin.name} {plugin.version}".strip()
            raise Refused(
                Refusal(
                    Because.PLUGIN_NOT_ALLOWED,
                    f"A criterion asks a check of the package {named}, whose files have the digest {plugin.digest}; the policy "
                    "does not list it under plugins. No test row was read.",
                ),
                remedy="Review the package and let the root keys sign a policy that lists this digest (assay trust edit), install "
                "the version that it lists, or drop the criterion.",
            )


def refuse_unnamed_code(case: Case, *, bypass: bool) -> tuple[str, ...]:
    """Refuse a judged run, for a high-risk use, of code that no commit names.

    Args:
        bypass: whether to go on outside version control.

    Returns:
        What was bypassed, to be recorded.

    Raises:
        Refused: ``code_changed``, or ``code_unnamed`` outside version control.
    """
    environment = case.environment
    found = _unnamed(case.root, case.specification, environment.commit, dirty=environment.dirty)
    if found is None:
        return ()
    if bypass and not environment.commit:
        return (WITHOUT_A_COMMIT,)
    raise found


def code_to_name(folder: Path, specification: Specification) -> str:
    """What :func:`refuse_unnamed_code` will say of a folder as it is, and what to do before; empty when nothing."""
    code = code_of(folder)
    found = _unnamed(folder, specification, code.commit, dirty=code.dirty)
    return "" if found is None else f"{found.refusal.sentence} {found.remedy}"


def _unnamed(folder: Path, specification: Specification, commit: str, *, dirty: bool) -> Refused | None:
    if specification.use_case.risk != "high" or (commit and not dirty):
        return None
    if not commit:
        lacks = "has no commit yet" if in_a_repository(folder) else "is not under version control"
        return Refused(
            Refusal(
                Because.CODE_UNNAMED,
                f"The use is of high risk and the folder {lacks}, so no commit names its code: what is judged could not be "
                "found again.",
            ),
            remedy="Commit it to git; a rehearsal needs no commit. Or give the bypass --certify-code-without-a-commit, which "
            "is recorded; no certificate can come of it.",
        )
    return Refused(
        Refusal(
            Because.CODE_CHANGED,
            f"This folder is not as the commit {commit[:12]} has it, so what is judged could not be found "
            f"again: {code_of(folder).told or 'git did not say in what'}.",
        ),
        remedy="Commit these files or take the changes back (git status), or have .gitignore name what is no code of "
        "yours; a rehearsal needs no commit.",
    )


def unnamed_code(case: Case) -> tuple[str, ...]:
    """What a run without a lock sets aside besides the lock: no certificate comes of it, so nobody has to find its code again."""
    named = case.environment.commit and not case.environment.dirty
    return (
        ()
        if named or case.specification.use_case.risk != "high"
        else (f"certify_without_a_lock: {_UNNAMED}",)
    )


def refuse_a_locked_specification(case: Case) -> None:
    """Refuse a run without a lock of a specification that has one, before its rows are opened.

    Before its first judged run the log does not know the rows of a lock.

    Raises:
        Refused: ``sealed``.
    """
    if not Workspace.of(case.root).has_log:
        return
    with open_ledger(case.root) as ledger:
        lock = ledger.state().lock_in_force(case.specification.name)
    if lock is not None:
        raise Refused(
            Refusal(
                Because.SEALED,
                f"{case.specification.name} is locked (entry {lock.entry}): whatever is measured of it on test rows is an "
                "attempt, and stands in the log.",
            ),
            remedy="Leave the bypass away, or rehearse on the development rows: --rehearse",
        )
