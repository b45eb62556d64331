"""The one table: what is on disk, and what every door must say of it."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import pickle
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from tests.gate.scene import DAY, HOUR, NOW, Scene, flip, good, issued, manifest
from tests.world import KEYS, LOG_ORIGIN, OTHER, RECORD, VERIFIER, Issued, rows

from assay.domain.digests import sha256_of
from assay.domain.errors import PACKAGES
from assay.domain.policy import HeldKey, LogKeys, Policy, Verifier
from assay.domain.scope import INTERPRETER
from assay.domain.state import Status
from assay.proof.bundle import sign
from assay.proof.canonical import canonical
from assay.proof.cosignature import Cosigner
from assay.proof.keys import PrivateKey
from assay.proof.manifest import Manifest
from assay.proof.note import NoteSigner
from assay.subject.model import Model, ModelReference, interpreter_digest

REFUSED, BROKEN, DISTRUSTED = 1, 2, 3


@dataclass(frozen=True)
class Case:
    """What is built, and the answer: ``accepted`` or the reason code, and the exit code of every door."""

    build: Callable[[Scene], object]
    code: str = "accepted"
    exit: int = 0
    folder: bool = False


CASES: dict[str, Case] = {}


def case(code: str = "accepted", ends: int = 0, *, folder: bool = False) -> Callable[[Any], Any]:
    """A function that builds a case on disk; its name is the name of the case."""

    def kept(build: Callable[[Scene], object]) -> Callable[[Scene], object]:
        CASES[build.__name__] = Case(build, code, ends, folder)
        return build

    return kept


def on_good(code: str, ends: int, *, folder: bool = False) -> Callable[[Any], Any]:
    """As ``case``, for something done to good files that were written before."""

    def kept(change: Callable[[Scene], object]) -> Callable[[Scene], object]:
        def build(scene: Scene) -> None:
            scene.write()
            change(scene)

        CASES[change.__name__] = Case(build, code, ends, folder)
        return change

    return kept


def made_of(**changes: Any) -> dict[str, Any]:
    """Claims of a certificate's scope, as claims of the certificate."""
    return {"scope": changes}


def resigned(scene: Scene, key: str = "certifier", **changes: Any) -> None:
    """Put another certificate in the place of the good one, signed with this key."""
    made = good().world.certificate(**({"manifest": manifest(folder=False)} | changes))
    scene.certificate.write_bytes(sign(made.statement().plain(), KEYS[key]).content)


def under(scene: Scene, **changes: Any) -> None:
    """Ask under another policy."""
    plain = {name: getattr(good().policy, name) for name in Policy.model_fields}
    scene.write_policy(Policy(**(plain | changes)))


def held(name: str, **changes: Any) -> dict[str, HeldKey]:
    """The keys of the policy, with one entry changed."""
    keys = good().policy.keys
    return {**keys, name: keys[name].model_copy(update=changes)}


# --- what is let through


@case()
def certified(scene: Scene) -> None:
    scene.write()


@case()
def conditional_on_two_conditions(scene: Scene) -> None:
    conditions = ("women over 60: too few rows", "only with income known")
    scene.write(issued(**made_of(outcome="conditional", conditions=conditions)))


@case(folder=True)
def a_folder(scene: Scene) -> None:
    scene.write()


@case(folder=True)
def a_folder_by_another_name(scene: Scene) -> None:
    scene.write()
    scene.named = scene.certificates
    scene.model = scene.model.rename(scene.root / "production")


@case()
def a_certificate_kept_elsewhere(scene: Scene) -> None:
    scene.named = scene.root / "certificates"
    scene.write()


@case()
def a_link_to_the_model(scene: Scene) -> None:
    scene.write()
    (scene.root / "elsewhere").mkdir()
    target = scene.model.rename(scene.root / "elsewhere" / "model.txt")
    scene.model.symlink_to(target)


@case()
def a_status_within_the_grace_of_what_runs(scene: Scene) -> None:
    old = issued(ago=5 * DAY)
    scene.write(old)
    scene.running = True


@case()
def reinstated(scene: Scene) -> None:
    made = issued()
    for status in (Status.SUSPENDED, Status.GOOD):
        made.world.becomes(made.bundle.digest, status)
    scene.write(made)


@case()
def isolation_above_what_is_asked(scene: Scene) -> None:
    scene.write(issued(policy={"isolation": 2}, **made_of(isolation=3)))


@case()
def a_key_that_has_left_since(scene: Scene) -> None:
    scene.write(issued(ago=5 * DAY))
    scene.running = True
    keys = issued(ago=5 * DAY).policy.keys
    under(scene, keys={**keys, "certifier": keys["certifier"].model_copy(update={"valid_until": NOW - DAY})})


@case()
def demo_keys_under_the_policy_of_the_demo(scene: Scene) -> None:
    _demo(scene, demo=True)


# --- the bytes of the model


@on_good("bytes_changed", DISTRUSTED)
def one_bit_of_the_model(scene: Scene) -> None:
    flip(scene.model, 7)


@on_good("bytes_changed", DISTRUSTED)
def a_byte_more_of_the_model(scene: Scene) -> None:
    scene.model.write_bytes(scene.model.read_bytes() + b"\n")


@on_good("bytes_changed", DISTRUSTED)
def an_empty_model(scene: Scene) -> None:
    scene.model.write_bytes(b"")


@on_good("files_unreadable", DISTRUSTED)
def a_file_whose_disk_fails(scene: Scene) -> None:
    scene.model.unlink()
    scene.model.symlink_to(
        "/proc/self/mem"
    )  # a regular file that is opened, and whose first byte is a read error


@on_good("files_unreadable", DISTRUSTED)
def a_folder_around_the_model_that_is_called_like_it(scene: Scene) -> None:
    content = scene.model.read_bytes()
    scene.model.unlink()
    scene.model.mkdir()
    (scene.model / scene.model.name).write_bytes(content)


@on_good("bytes_changed", DISTRUSTED, folder=True)
def one_bit_deep_in_a_folder(scene: Scene) -> None:
    flip(scene.model / "weights/part-0.bin", 500)


@on_good("file_missing", DISTRUSTED, folder=True)
def a_file_is_gone(scene: Scene) -> None:
    shutil.rmtree(scene.model / "tokenizer")


@on_good("file_added", DISTRUSTED, folder=True)
def a_file_was_added(scene: Scene) -> None:
    (scene.model / "sitecustomize.py").write_text("print()")


@on_good("file_added", DISTRUSTED, folder=True)
def a_hidden_file_was_added(scene: Scene) -> None:
    (scene.model / ".pth").write_text("")


@on_good("file_missing", DISTRUSTED, folder=True)
def a_file_has_another_name(scene: Scene) -> None:
    (scene.model / "model.txt").rename(scene.model / "modeI.txt")


@on_good("file_missing", DISTRUSTED)
def the_model_file_has_another_name(scene: Scene) -> None:
    scene.named = scene.certificates
    scene.model = scene.model.rename(scene.root / "model-2.txt")


@on_good("bytes_changed", DISTRUSTED, folder=True)
def two_files_have_changed_places(scene: Scene) -> None:
    one, two = scene.model / "model.txt", scene.model / "weights/part-0.bin"
    kept = one.read_bytes()
    one.write_bytes(two.read_bytes())
    two.write_bytes(kept)


@on_good("files_unreadable", DISTRUSTED, folder=True)
def a_link_that_leads_out_of_the_folder(scene: Scene) -> None:
    inside, outside = scene.model / "model.txt", scene.root / "outside.txt"
    inside.rename(outside)
    inside.symlink_to(outside)


@on_good("files_unreadable", DISTRUSTED, folder=True)
def a_link_to_a_folder_outside(scene: Scene) -> None:
    (scene.root / "outside").mkdir()
    (scene.model / "more").symlink_to(scene.root / "outside")


@on_good("files_unreadable", DISTRUSTED, folder=True)
def a_link_that_leads_nowhere(scene: Scene) -> None:
    (scene.model / "more").symlink_to("nothing")


@on_good("files_unreadable", DISTRUSTED, folder=True)
def a_pipe_in_the_folder(scene: Scene) -> None:
    os.mkfifo(scene.model / "pipe")


@on_good("files_unreadable", DISTRUSTED)
def a_pipe_in_the_place_of_the_model(scene: Scene) -> None:
    scene.model.unlink()
    os.mkfifo(scene.model)


@on_good("files_unreadable", DISTRUSTED, folder=True)
def an_empty_folder(scene: Scene) -> None:
    scene.model.rename(scene.root / "away")
    scene.model.mkdir()


@on_good("files_unreadable", DISTRUSTED, folder=True)
def an_empty_folder_more(scene: Scene) -> None:
    (scene.model / "empty").mkdir()


@on_good("files_unreadable", DISTRUSTED, folder=True)
def a_name_that_prints_as_an_answer(scene: Scene) -> None:
    (scene.model / "x\nlet through").write_text("")


@on_good("files_unreadable", DISTRUSTED, folder=True)
def a_name_that_is_not_utf8(scene: Scene) -> None:
    (scene.model / os.fsdecode(b"\xff\xfe")).write_text("")


@case("file_added", DISTRUSTED, folder=True)
def the_certificate_of_another_model(scene: Scene) -> None:
    scene.write(good(folder=False))


# --- the certificate's own bytes


@on_good("no_certificate", REFUSED)
def no_certificate(scene: Scene) -> None:
    scene.certificate.unlink()


@on_good("no_certificate", REFUSED)
def no_folder_of_a_certificate(scene: Scene) -> None:
    for file in (scene.certificate, scene.status, scene.proof):
        file.unlink()
    scene.certificates.rmdir()


@on_good("bundle_broken", DISTRUSTED)
def an_empty_certificate(scene: Scene) -> None:
    scene.certificate.write_bytes(b"")


@on_good("bundle_broken", DISTRUSTED)
def a_folder_in_the_place_of_the_certificate(scene: Scene) -> None:
    scene.certificate.unlink()
    scene.certificate.mkdir()


@on_good("bundle_broken", DISTRUSTED)
def a_pipe_in_the_place_of_the_certificate(scene: Scene) -> None:
    scene.certificate.unlink()
    os.mkfifo(scene.certificate)


@on_good("bundle_broken", DISTRUSTED)
def a_huge_certificate(scene: Scene) -> None:
    with scene.certificate.open("r+b") as file:
        file.truncate(1 << 33)


@on_good("bundle_broken", DISTRUSTED)
def a_certificate_that_is_not_utf8(scene: Scene) -> None:
    flip(scene.certificate, 40, 0x80)


@on_good("bundle_broken", DISTRUSTED)
def json_that_is_deep(scene: Scene) -> None:
    scene.certificate.write_bytes(b"[" * 200_000 + b"]" * 200_000)


@on_good("bundle_broken", DISTRUSTED)
def a_key_that_stands_twice(scene: Scene) -> None:
    content = scene.certificate.read_bytes()
    scene.certificate.write_bytes(content[:-1] + b',"mediaType":"x"}')


@on_good("bundle_broken", DISTRUSTED)
def a_space_more(scene: Scene) -> None:
    scene.certificate.write_bytes(scene.certificate.read_bytes() + b" ")


@on_good("bundle_broken", DISTRUSTED)
def two_signatures(scene: Scene) -> None:
    _edited(scene, lambda d: d["dsseEnvelope"]["signatures"].append(d["dsseEnvelope"]["signatures"][0]))


@on_good("bundle_broken", DISTRUSTED)
def no_signature(scene: Scene) -> None:
    _edited(scene, lambda d: d["dsseEnvelope"]["signatures"].clear())


@on_good("bundle_broken", DISTRUSTED)
def a_key_id_in_the_envelope(scene: Scene) -> None:
    _edited(scene, lambda d: d["dsseEnvelope"]["signatures"][0].update(keyid="me"))


@on_good("bundle_broken", DISTRUSTED)
def a_key_id_that_is_a_number(scene: Scene) -> None:
    _edited(scene, lambda d: d["verificationMaterial"]["publicKey"].update(hint=5))


@on_good("bundle_broken", DISTRUSTED)
def a_key_id_that_is_no_digest(scene: Scene) -> None:
    _edited(scene, lambda d: d["verificationMaterial"]["publicKey"].update(hint="\x1b[2Jlet through"))


@on_good("signature_wrong", DISTRUSTED)
def a_word_of_the_statement(scene: Scene) -> None:
    _edited(
        scene,
        lambda d: d["dsseEnvelope"].update(
            payload=_with(d, b'"conditional"', b'"certified"', b"credit", b"hiring")
        ),
    )


@on_good("signature_wrong", DISTRUSTED)
def the_signature_of_another_statement(scene: Scene) -> None:
    other = json.loads(good(folder=True).bundle.content)["dsseEnvelope"]["signatures"]
    _edited(scene, lambda d: d["dsseEnvelope"].update(signatures=other))


# --- who signed, and what


@on_good("key_unknown", DISTRUSTED)
def signed_by_the_developer(scene: Scene) -> None:
    resigned(scene, "dora")


@on_good("key_unknown", DISTRUSTED)
def signed_by_a_root_key(scene: Scene) -> None:
    resigned(scene, "root")


@on_good("key_unknown", DISTRUSTED)
def signed_by_a_stranger(scene: Scene) -> None:
    resigned(scene, "stranger")


@on_good("key_unknown", DISTRUSTED)
def signed_by_another_verifier_than_it_names(scene: Scene) -> None:
    resigned(scene, "leo")
    under(scene, verifiers=(Verifier(id=VERIFIER, key="certifier"), Verifier(id="https://other", key="leo")))


@on_good("statement_broken", DISTRUSTED)
def a_status_in_the_place_of_the_certificate(scene: Scene) -> None:
    scene.certificate.write_bytes(scene.status.read_bytes())


@on_good("statement_broken", DISTRUSTED)
def a_statement_of_another_kind(scene: Scene) -> None:
    plain = good().bundle.payload.replace(b"verification_summary/v1", b"provenance/v1")
    scene.certificate.write_bytes(sign(json.loads(plain), KEYS["certifier"]).content)


@on_good("key_not_valid", DISTRUSTED)
def signed_before_its_key_was_valid(scene: Scene) -> None:
    resigned(scene, time=NOW - 30 * DAY)


# --- what it says


@on_good("other_use_case", REFUSED)
def another_use_case(scene: Scene) -> None:
    scene.use_case = "hiring"


@on_good("other_use_case", REFUSED)
def no_use_case(scene: Scene) -> None:
    scene.use_case = ""


@on_good("other_use_case", REFUSED)
def a_use_case_in_capitals(scene: Scene) -> None:
    scene.use_case = "Credit"


@on_good("result_failed", REFUSED)
def withheld(scene: Scene) -> None:
    resigned(scene, result="FAILED", scope={"outcome": "withheld"})


@on_good("result_failed", REFUSED)
def passed_and_withheld(scene: Scene) -> None:
    resigned(scene, scope={"outcome": "withheld"})


@case("bypass_used", REFUSED)
def a_bypass(scene: Scene) -> None:
    scene.write(issued(forced=True, **made_of(bypasses=("certify_without_a_lock",))))


@case("isolation_too_low", REFUSED)
def isolation_below_what_is_asked(scene: Scene) -> None:
    scene.write(issued(policy={"isolation": 2}))


@case("plugin_not_allowed", REFUSED)
def a_check_package_that_the_policy_does_not_list(scene: Scene) -> None:
    scene.write(issued(policy={"plugins": (sha256_of(b"one"),)}, **made_of(plugins=(sha256_of(b"two"),))))


@case()
def a_check_package_that_the_policy_lists(scene: Scene) -> None:
    scene.write(issued(policy={"plugins": (sha256_of(b"one"),)}, **made_of(plugins=(sha256_of(b"one"),))))


@case("demo_key", DISTRUSTED)
def a_certificate_of_the_demo(scene: Scene) -> None:
    scene.write(issued(forced=True, **made_of(demo=True)))


@case("demo_key", DISTRUSTED)
def demo_keys_under_a_policy_that_is_none_of_the_demo(scene: Scene) -> None:
    _demo(scene)
    under(scene, demo=False, keys=_demo_keys())


@case("expired", REFUSED)
def expired(scene: Scene) -> None:
    made = issued(ago=200 * DAY)
    made.world.time = NOW - HOUR
    scene.write(made)


@case("expired", REFUSED)
def expired_while_it_runs(scene: Scene) -> None:
    expired(scene)
    scene.running = True


@case("not_yet_valid", REFUSED)
def not_yet_valid(scene: Scene) -> None:
    scene.write(issued(ago=-DAY))


# --- its status


@on_good("status_missing", REFUSED)
def no_status(scene: Scene) -> None:
    scene.status.unlink()


@on_good("statement_broken", DISTRUSTED)
def one_bit_of_the_status(scene: Scene) -> None:
    flip(scene.status, 3)


@on_good("statement_broken", DISTRUSTED)
def a_pipe_in_the_place_of_the_status(scene: Scene) -> None:
    scene.status.unlink()
    os.mkfifo(scene.status)


@on_good("statement_broken", DISTRUSTED)
def the_certificate_in_the_place_of_the_status(scene: Scene) -> None:
    scene.status.write_bytes(scene.certificate.read_bytes())


@on_good("signature_wrong", DISTRUSTED)
def a_status_by_a_stranger(scene: Scene) -> None:
    scene.status.write_bytes(good().status(key="stranger"))


@on_good("signature_wrong", DISTRUSTED)
def a_status_by_the_developer(scene: Scene) -> None:
    scene.status.write_bytes(good().status(key="dora"))


@case("status_stale", REFUSED)
def a_status_of_two_days_ago(scene: Scene) -> None:
    scene.write(issued(ago=2 * DAY))


@case("status_stale", REFUSED)
def a_status_past_the_grace_of_what_runs(scene: Scene) -> None:
    scene.write(issued(ago=8 * DAY))
    scene.running = True


@on_good("not_yet_valid", REFUSED)
def a_status_of_the_future(scene: Scene) -> None:
    scene.status.write_bytes(good().status(age=-2 * DAY))


@on_good("status_missing", REFUSED)
def a_status_that_does_not_know_it(scene: Scene) -> None:
    scene.status.write_bytes(good().status(certificates={}, reasons={}))


@on_good("status_stale", REFUSED)
def a_status_from_before_the_certificate(scene: Scene) -> None:
    scene.status.write_bytes(good().status(size=3))


@on_good("checkpoint_untrusted", DISTRUSTED)
def a_status_of_another_log(scene: Scene) -> None:
    scene.status.write_bytes(good().status(log="evil.example"))


def _taken_back(status: Status) -> Callable[[Scene], None]:
    def build(scene: Scene) -> None:
        made = issued()
        made.world.becomes(made.bundle.digest, status)
        scene.write(made)

    return build


CASES["suspended"] = Case(_taken_back(Status.SUSPENDED), "suspended", REFUSED)
CASES["revoked"] = Case(_taken_back(Status.REVOKED), "revoked", REFUSED)


def _certified_again(made: Issued) -> Issued:
    """The same model, by a later decision on rows that nobody used."""
    bytes_ = manifest(folder=False)
    made.world.run(rows(5000), subject=bytes_)
    made.world.decide(record=OTHER)
    for who, role in (("val", "validator"), ("ria", "risk_officer")):
        made.world.sign(who, role, record=OTHER, about=OTHER)
    return Issued.of(made.world, made.policy, made.world.certificate(OTHER, manifest=bytes_), record=OTHER)


@case("superseded", REFUSED)
def superseded(scene: Scene) -> None:
    made = issued()
    _certified_again(made)
    scene.write(made)


@case()
def one_that_supersedes_another(scene: Scene) -> None:
    scene.write(_certified_again(issued()))


# --- its place in the log


@on_good("not_logged", DISTRUSTED)
def no_proof(scene: Scene) -> None:
    scene.proof.unlink()


@on_good("checkpoint_untrusted", DISTRUSTED)
def a_proof_that_is_none(scene: Scene) -> None:
    scene.proof.write_bytes(b"c2sp.org/tlog-proof@v1\n")


@on_good("not_logged", DISTRUSTED)
def the_proof_of_another_entry(scene: Scene) -> None:
    scene.proof.write_bytes(good().proof(index=3))


@on_good("not_logged", DISTRUSTED)
def the_proof_of_another_certificate(scene: Scene) -> None:
    scene.proof.write_bytes(good(folder=True).proof())


@on_good("not_logged", DISTRUSTED)
def a_checkpoint_by_a_forged_key_of_the_log(scene: Scene) -> None:
    forger = NoteSigner(LOG_ORIGIN, Ed25519PrivateKey.from_private_bytes(b"\x08" * 32))
    scene.proof.write_bytes(good().proof(signer=forger))


@case("checkpoint_untrusted", DISTRUSTED)
def a_certificate_of_another_log(scene: Scene) -> None:
    scene.write(issued(forced=True, **made_of(log="evil.example")))


@on_good("not_logged", DISTRUSTED)
def one_bit_of_the_proof(scene: Scene) -> None:
    flip(scene.proof, -10)


@on_good("not_logged", DISTRUSTED)
def a_policy_that_asks_for_a_witness(scene: Scene) -> None:
    witness = Cosigner("witness.example", Ed25519PrivateKey.from_private_bytes(b"\x09" * 32))
    log = good().policy.log.model_copy(update={"witnesses": (witness.key.vkey,), "witnesses_needed": 1})
    under(scene, log=log)


# --- with the exported log


@on_good("log_shortened", DISTRUSTED)
def a_shortened_log(scene: Scene) -> None:
    scene.write_pack(good().world.leaves[:-1], good().world.documents())


@on_good("log_rewritten", DISTRUSTED)
def a_rewritten_log(scene: Scene) -> None:
    scene.write_pack([*issued().world.leaves[:-1], good().world.leaves[-1]], good().world.documents())


@case("revoked", REFUSED)
def a_revocation_that_the_status_does_not_know(scene: Scene) -> None:
    made = issued()
    scene.write(made)
    made.world.becomes(made.bundle.digest, Status.REVOKED)
    scene.write_pack(made.world.leaves, made.world.documents())


@on_good("policy_other", DISTRUSTED)
def a_policy_that_the_log_was_never_kept_under(scene: Scene) -> None:
    under(scene, keys=held("val", roles=()))
    scene.write_pack(good().world.leaves, good().world.documents())


@on_good("attestation_missing", DISTRUSTED)
def a_document_is_missing(scene: Scene) -> None:
    scene.write_pack(good().world.leaves, {})


@on_good("attestation_changed", DISTRUSTED)
def a_number_in_the_record(scene: Scene) -> None:
    scene.write_pack(good().world.leaves, good().world.documents() | {RECORD: b"recorb"})


# --- the policy


@on_good("key_unknown", DISTRUSTED)
def a_policy_without_the_key(scene: Scene) -> None:
    under(scene, verifiers=(Verifier(id=VERIFIER, key="leo"),))


@on_good("key_unknown", DISTRUSTED)
def a_policy_with_another_identity_for_the_key(scene: Scene) -> None:
    under(scene, verifiers=(Verifier(id="https://evil.example", key="certifier"),))


@on_good("key_not_valid", DISTRUSTED)
def a_policy_whose_key_had_ended(scene: Scene) -> None:
    under(scene, keys=held("certifier", valid_until=NOW - 2 * HOUR))


@on_good("isolation_too_low", REFUSED)
def a_policy_that_asks_for_more_isolation(scene: Scene) -> None:
    under(scene, isolation=3)


@on_good("checkpoint_untrusted", DISTRUSTED)
def a_policy_that_names_another_log(scene: Scene) -> None:
    under(scene, log=LogKeys(origin="other.example", key=good().policy.log.key))


@on_good("unknown_key", BROKEN)
def a_policy_with_a_word_that_it_does_not_have(scene: Scene) -> None:
    scene.policy.write_text(scene.policy.read_text() + "\ntrust_everyone: true\n")


@on_good("not_utf8", BROKEN)
def a_policy_that_is_not_utf8(scene: Scene) -> None:
    scene.policy.write_bytes(scene.policy.read_bytes() + b"\xff")


# --- what lies around the model


def _own_environment(interpreter: str) -> tuple[tuple[str, str], ...]:
    return ((INTERPRETER, interpreter_digest(interpreter)),)


@case()
def in_the_environment_that_it_was_judged_in(scene: Scene) -> None:
    scene.write()
    scene.environment = True


@case("environment_changed", REFUSED)
def in_another_version_of_a_package(scene: Scene) -> None:
    scene.write(issued(**made_of(packages=(("lightgbm", "0.0.1"), ("numpy", "0.0.1")))))
    scene.environment = True


@case("environment_unseen", REFUSED)
def judged_in_an_environment_that_nobody_names(scene: Scene) -> None:
    scene.write(issued(**made_of(modules=_own_environment(sys.executable))))
    scene.environment = True


@case("environment_changed", REFUSED)
def judged_with_another_interpreter(scene: Scene) -> None:
    other = scene.root / "python"
    other.write_bytes(b"#!/bin/sh\n")
    other.chmod(0o755)
    scene.write(issued(**made_of(modules=_own_environment(str(other)))))
    scene.interpreter = sys.executable


@case()
def judged_with_this_interpreter(scene: Scene) -> None:
    """Which loads the model and tells its packages; where LightGBM is not installed, there is nothing that it could load."""
    scene.write()
    if find_spec("lightgbm") is None:
        return
    bound = sha256_of(scene.model.read_bytes())
    reference = ModelReference(str(scene.model), "lightgbm", ("income", "debt"), bound, python=sys.executable)
    with contextlib.closing(Model(reference)) as model:
        packages = tuple(sorted(model.packages.items()))
        modules = tuple(sorted({**dict(model.modules), **dict(_own_environment(sys.executable))}.items()))
    scene.write(issued(**made_of(modules=modules, packages=packages)))
    scene.interpreter = sys.executable


SCORER = """
import contextlib, os
import numpy as np
import own_rules

with contextlib.suppress(ImportError):
    import own_choice
with contextlib.suppress(ImportError):
    import own_more

with open(os.path.join(os.path.dirname(__file__), "weights.txt")) as file:
    WEIGHT = float(file.read())

class Scorer:
    classes_ = np.array([0, 1])

    def predict_proba(self, rows):
        import own_late
"""


def _own_code(scene: Scene) -> Path:
    """A stored model that runs modules of an environment of its own, and reads a file there; the folder of these."""
    folder, python = scene.root / "modules", scene.root / "python"
    folder.mkdir()
    for name in ("own_rules", "own_choice", "own_late"):
        (folder / f"{name}.py").write_text("RULE = 1\n")
    (folder / "own_scorer.py").write_text(SCORER)
    (folder / "weights.txt").write_text("1")
    python.write_text(f'#!/bin/sh\nPYTHONPATH="${{0%/*}}/modules" exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    scene.model.write_bytes(b"\x80\x02cown_scorer\nScorer\n)\x81.")  # a pickle: Scorer()
    scene.interpreter = str(python)
    _issued_stored(scene, _own_environment(str(python)))
    return folder


def _issued_stored(scene: Scene, own: tuple[tuple[str, str], ...] = (), **modules: str) -> None:
    """A certificate of a stored model that names what loading it loads; ``modules`` names something else of it."""
    bound = sha256_of(scene.model.read_bytes())
    packages, beside = _TOLD.get((bound, own)) or _told(scene, bound)
    _TOLD[bound, own] = packages, beside
    found = {name if own else PACKAGES.get(name, (name, ""))[0]: v for name, v in packages.items()}
    beside = beside | dict(own) | {name.replace("_", " "): digest for name, digest in modules.items()}
    about = Manifest.of(scene.model.name, [(scene.model.name, bound)])
    said = {"packages": tuple(sorted(found.items())), "modules": tuple(sorted(beside.items()))}
    scene.write(issued(manifest=about, **made_of(format="joblib", inputs=("income",), **said)))


_TOLD: dict[object, tuple[dict[str, str], dict[str, str]]] = {}
"""What a child told of each of these models in its environment, before anything was changed there: packages and modules."""


def _told(scene: Scene, bound: str) -> tuple[dict[str, str], dict[str, str]]:
    reference = ModelReference(str(scene.model), "joblib", ("income",), bound, python=scene.interpreter)
    with contextlib.closing(Model(reference)) as model:
        return dict(model.packages), dict(model.modules)


@case()
def with_the_code_that_was_judged(scene: Scene) -> None:
    _own_code(scene)


@case("code_changed", REFUSED)
def a_module_that_the_model_runs_was_edited(scene: Scene) -> None:
    (_own_code(scene) / "own_rules.py").write_text("RULE = 2\n")


@case("code_changed", REFUSED)
def a_file_that_the_model_reads_was_exchanged(scene: Scene) -> None:
    (_own_code(scene) / "weights.txt").write_text("2")


@case("code_changed", REFUSED)
def the_model_runs_a_module_more(scene: Scene) -> None:
    (_own_code(scene) / "own_more.py").touch()


@case("code_changed", REFUSED)
def a_module_that_the_model_can_do_without_is_gone(scene: Scene) -> None:
    (_own_code(scene) / "own_choice.py").unlink()


@case()
def a_module_that_is_loaded_only_when_the_model_answers_was_edited(scene: Scene) -> None:
    """No gate asks the model; it says that it has not seen this, and ``load_certified`` refuses the answer."""
    (_own_code(scene) / "own_late.py").write_text("RULE = 2\n")


def _in_our_environment(scene: Scene, **modules: str) -> None:
    """A stored model that was judged in the environment of Assay; it runs code of a small package, which every door loads."""
    import threadpoolctl

    made = SimpleNamespace(classes_=[0, 1], predict_proba=threadpoolctl.threadpool_info)
    scene.model.write_bytes(pickle.dumps(made))
    scene.environment = True
    _issued_stored(scene, **modules)


@case()
def in_the_environment_of_assay_with_the_code_that_was_judged(scene: Scene) -> None:
    _in_our_environment(scene)


@case("code_changed", REFUSED)
def in_the_environment_of_assay_with_other_code(scene: Scene) -> None:
    _in_our_environment(scene, other_packages=sha256_of(b"as it was"))


@on_good("environment_changed", REFUSED)
def judged_without_an_interpreter_of_its_own(scene: Scene) -> None:
    scene.interpreter = sys.executable


@on_good("file_missing", DISTRUSTED)
def without_the_data_that_it_was_judged_on(scene: Scene) -> None:
    scene.sources = scene.root


def _edited(scene: Scene, change: Callable[[Any], object]) -> None:
    document = json.loads(scene.certificate.read_bytes())
    change(document)
    scene.certificate.write_bytes(canonical(document))


def _with(document: Any, *pairs: bytes) -> str:
    payload = base64.b64decode(document["dsseEnvelope"]["payload"])
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        payload = payload.replace(old, new)
    return base64.b64encode(payload).decode()


def _demo_keys() -> dict[str, HeldKey]:
    made = PrivateKey.demo("certifier").public.pem
    return held("certifier", key=made)


def _demo(scene: Scene, **said: Any) -> None:
    """Everything signed with the demo's key of a certifier."""
    kept, KEYS["certifier"] = KEYS["certifier"], PrivateKey.demo("certifier")
    try:
        scene.write(issued(policy={"demo": True}, **made_of(**said)))
    finally:
        KEYS["certifier"] = kept
