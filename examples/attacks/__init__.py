"""The demo attacks its own certificate: each line is an attempt to pass what was not certified, and what says no."""

from __future__ import annotations

import shutil
import sys
import tempfile
import textwrap
from collections.abc import Callable
from pathlib import Path

from . import other_bytes, other_log, other_signers, out_of_force, used_rows
from .scene import Said, Scene

ATTACKS: tuple[tuple[str, Callable[[Scene], Said], str], ...] = (
    ("one byte of the model", other_bytes.model_byte, "bytes_changed"),
    ("one byte of the test data", other_bytes.data_byte, "bytes_changed"),
    ("a number in the evidence", other_bytes.evidence_number, "attestation_changed"),
    ("a verdict in the record", other_bytes.verdict, "attestation_changed"),
    ("a word in the certificate", other_bytes.statement_byte, "signature_wrong"),
    ("one letter of the signature", other_bytes.signature_byte, "signature_wrong"),
    ("the developer signs off", other_signers.developer_signs, "role_never_approves"),
    ("the developer signs as validator", other_signers.developer_as_validator, "role_not_held"),
    ("the developer issues the certificate", other_signers.developer_issues, "key_unknown"),
    ("a sign-off for another decision", other_signers.other_decision, "signed_something_else"),
    ("a second judged run on the same rows", used_rows.second_run, "test_set_spent"),
    ("the certificate in 200 days", out_of_force.expired, "expired"),
    ("a status of three days ago", out_of_force.stale, "status_stale"),
    ("no status", out_of_force.no_status, "status_missing"),
    ("a suspended certificate", out_of_force.suspended, "suspended"),
    ("a revoked certificate", out_of_force.revoked, "revoked"),
    ("issued again after it was revoked", out_of_force.issued_again, "revoked"),
    ("an old reinstatement logged again", out_of_force.old_reinstatement, "signed_twice"),
    ("the same test file with one input less", used_rows.one_input_less, "test_set_spent"),
    ("a rehearsal entered as a decision", used_rows.rehearsal_as_decision, "judged_differently"),
    ("another use: hiring", out_of_force.other_use, "other_use_case"),
    ("a rewritten log in the review pack", other_log.rewritten_log, "log_rewritten"),
    ("a rewritten log in the database", other_log.rewritten_database, "subtree_differs"),
    ("a shortened log", other_log.shortened_log, "log_shortened"),
    ("a policy without the key", out_of_force.strangers_policy, "key_unknown"),
    ("no certificate at all", out_of_force.no_certificate, "no_certificate"),
)


def attack(certified: Path, specification: str) -> int:
    """Try every attack on a copy of a certified folder, print what says no, and return how many got through.

    One that is refused for another reason than the one that it is about counts as having got through.
    """
    passed = 0
    width = max(len(name) for name, _, _ in ATTACKS)
    columns = shutil.get_terminal_size((110, 40)).columns
    for name, what, code in ATTACKS:
        with tempfile.TemporaryDirectory() as folder:
            scene = Scene(Path(folder) / "copy", specification)
            shutil.copytree(certified, scene.folder, symlinks=True)
            said = what(scene)
        through = said.code != code
        passed += through
        sentence = said.sentence.replace(f"{scene.folder}/", "")
        line = f"{'PASSED ' if through else 'refused'}  {name:<{width}}  {sentence} [{said.code}]"
        print(textwrap.fill(line, columns - 2, initial_indent="  ", subsequent_indent=" " * (width + 13)))
        sys.stdout.flush()
    return passed
