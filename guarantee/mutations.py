"""One byte changed of everything that a verifier is shown: how many of such changes are accepted (none may be)."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from tests.world import DOCUMENTS, KEYS, START, Issued, policy

from assay.app.verifying.around import changed_source
from assay.domain.digests import sha256_of
from assay.domain.entry import Action
from assay.domain.plain import to_plain
from assay.domain.policy import Policy
from assay.domain.scope import Material
from assay.proof import words
from assay.proof.bundle import sign
from assay.proof.canonical import canonical, digest_of_document
from assay.proof.leaf import state_of, write_leaf
from assay.proof.manifest import Manifest
from assay.subject.files_in_hand import files_of
from guarantee.bars import Tables

FULL, QUICK = 100_000, 2_000
SEED = 20261126
Accepts = Callable[[bytes], bool]
"""Whether it is accepted with these bytes in the place of the good ones."""

EVIDENCE = json.dumps(
    {"statistics": [{"metric": "accuracy", "x": i, "n": 1000} for i in range(100)]}
).encode()
SPECIFICATION = b"assay: 1\nname: credit\n" + b"  - {id: accuracy, at_least: 0.70}\n" * 100
ROWS = ("income,debt,bad\n" + "".join(f"{i},{i * 7 % 100},{i % 2}\n" for i in range(1000))).encode()
MODEL = b"tree\n" + b"split_feature=0 1\nthreshold=0.5 0.25\n" * 100


def tables(count: int) -> Tables:
    """How many of ``count`` mutations were accepted, by what was changed."""
    with tempfile.TemporaryDirectory(prefix="assay-mutations-") as folder:
        parts = list(_parts(Path(folder)))
        each, more = divmod(count, len(parts))
        rows = [_row(*part, tries=each + (at < more)) for at, part in enumerate(parts)]
    return {"Single bytes changed, left out or put in": rows}


def _row(part: str, good: bytes, accepts: Accepts, *, tries: int) -> dict[str, object]:
    if not accepts(good):
        raise AssertionError(f"{part} is not accepted as it is, so that nothing is learnt by changing it")
    accepted = sum(accepts(changed) for changed in mutations(good, tries, seed=f"{SEED} {part}"))
    return {"changed": part, "mutations tried": tries, "mutations accepted": accepted}


def mutations(good: bytes, tries: int, *, seed: str) -> Iterator[bytes]:
    """So many different neighbours of these bytes: eight of ten with one changed, one of ten with one less, one with one more.

    Raises:
        ValueError: there are not so many.
    """
    chance, seen = random.Random(seed), set[bytes]()
    if tries > 100 * len(good):
        raise ValueError(f"{tries} different mutations are asked of {len(good)} bytes")
    while len(seen) < tries:
        at, value, how = chance.randrange(len(good)), chance.randrange(1, 256), chance.randrange(10)
        if how == 0:
            changed = good[:at] + good[at + 1 :]
        elif how == 1:
            changed = good[:at] + bytes([value]) + good[at:]
        else:
            changed = good[:at] + bytes([good[at] ^ value]) + good[at + 1 :]
        if changed not in seen:
            seen.add(changed)
            yield changed


def _parts(folder: Path) -> Iterator[tuple[str, bytes, Accepts]]:
    good, documents = _issued()
    light: dict[str, Any] = {"leaves": None, "attestations": None}

    def shown(what: str) -> Accepts:
        return lambda content: good.verify(**(light | {what: content})).accepted

    yield "certificate", good.bundle.content, shown("certificate")
    yield "status", good.status(), shown("status")
    yield "proof", good.proof(), shown("proof")
    yield (
        "log",
        b"\n".join(good.world.leaves),
        lambda content: good.verify(leaves=tuple(content.split(b"\n")), attestations=None).accepted,
    )
    for name, content in documents.items():
        yield name, content, _document(good, content, documents)
    yield "policy", *_policy()
    yield "model", MODEL, _model(folder / "model.txt")
    yield "data", ROWS, _data(folder / "test.csv")


def _issued() -> tuple[Issued, dict[str, bytes]]:
    made = Issued.good(evidence=sha256_of(EVIDENCE), specification=sha256_of(SPECIFICATION))
    sign_off = next(content for digest, content in made.world.documents().items() if digest not in DOCUMENTS)
    return made, {"evidence": EVIDENCE, "specification": SPECIFICATION, "sign-off": sign_off}


def _document(good: Issued, original: bytes, documents: dict[str, bytes]) -> Accepts:
    """Under the digest that the certificate names, as a review pack would hold it."""
    whole = good.world.documents() | {sha256_of(c): c for c in documents.values()}
    digest = sha256_of(original)
    return lambda content: good.verify(leaves=None, attestations=whole | {digest: content}).accepted


def _policy() -> tuple[bytes, Accepts]:
    """As bytes of the log's first entry, under the digest that was signed and under its own."""
    made = policy()
    plain = to_plain(made, Policy)
    signed = digest_of_document(plain)
    said = words.policy_statement(signed, organisation=made.organisation, version=made.version)
    bundles = (sign(said.plain(), KEYS["root"]),)
    good = canonical(plain)

    def entry(digest: str, content: bytes) -> bytes:
        return write_leaf(0, START, Action.POLICY_SET, digest, {"policy": plain}, bundles).replace(
            good, content
        )

    def accepts(content: bytes) -> bool:
        try:
            offered = {signed, digest_of_document(json.loads(content))}
        except (ValueError, RecursionError):
            offered = {signed}
        return any(state_of([entry(digest, content)])[0].policy is not None for digest in offered)

    return good, accepts


def _model(place: Path) -> Accepts:
    place.write_bytes(MODEL)
    good = Issued.good(manifest=Manifest.of(place.name, files_of(place)[0]))

    def accepts(content: bytes) -> bool:
        place.write_bytes(content)
        return good.verify(files=files_of(place)[0], leaves=None, attestations=None).accepted

    return accepts


def _data(place: Path) -> Accepts:
    """Held against the certificate, as ``assay gate --sources FOLDER`` does."""
    source = Material("test", place.name, sha256_of(ROWS))

    def accepts(content: bytes) -> bool:
        place.write_bytes(content)
        return changed_source([source], place.parent) is None

    return accepts
