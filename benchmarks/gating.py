"""The gate beside the bare hash and ``model_signing verify``, on a small and a large model: ``python -m benchmarks.gating``."""

from __future__ import annotations

import argparse
import datetime as dt
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.world import KEYS, Issued

from assay.app.verifying.certificate_folder import CERTIFICATE, MODEL_SIGNATURE, PROOF, STATUS
from assay.proof.bundle import sign
from assay.proof.manifest import Manifest
from assay.reading.policy import policy_text
from assay.subject.files_in_hand import files_of
from benchmarks.watch import run

FILES = 8
SMALL, LARGE = 10, 1024
MOST = 1.3
"""Times the bare hash that the gate may take on the large model."""

BARE = """
import hashlib, pathlib, sys
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*")):
    if path.is_file():
        with path.open("rb") as file:
            print(hashlib.file_digest(file, "sha256").hexdigest())
"""


@dataclass(frozen=True, slots=True)
class Gating:
    """Seconds of whole processes, medians of turns; ratios are medians of the ratios of such turns."""

    megabytes: int
    bare: float
    gate: float
    model_signing: float
    beside_bare: float
    beside_model_signing: float


def measure(folder: Path, *, megabytes: int, repeats: int, say: Callable[[str], None]) -> Gating:
    """Make a model of so many MiB in eight files, certify it, and check it in three ways, in turn."""
    model = folder / "model"
    _write_model(model, megabytes)
    asked = _certify(model)
    say(f"made a model of {megabytes} MiB in {FILES} files")
    turns = []
    for turn in range(repeats + 1):
        bare = run(sys.executable, "-c", BARE, str(model)).seconds
        gate = run(sys.executable, "-m", "assay", "gate", str(model), *asked["gate"]).seconds
        theirs = run(
            sys.executable, "-m", "model_signing", "verify", "key", str(model), *asked["theirs"]
        ).seconds
        say(f"{megabytes} MiB: bare {bare:.2f} s, gate {gate:.2f} s, model_signing {theirs:.2f} s")
        if turn:  # the first turn brings files and programs into memory
            turns.append((bare, gate, theirs))
    bare, gate, theirs = (statistics.median(turn[at] for turn in turns) for at in range(3))
    return Gating(
        megabytes=megabytes,
        bare=bare,
        gate=gate,
        model_signing=theirs,
        beside_bare=statistics.median(gate / bare for bare, gate, _ in turns),
        beside_model_signing=statistics.median(gate / theirs for _, gate, theirs in turns),
    )


def section(small: Gating, large: Gating) -> str:
    """The section of the page."""
    return _TEXT.format(
        files=FILES,
        most=MOST,
        rows="\n".join(
            f"| {g.megabytes} MiB | {g.bare:.2f} | {g.gate:.2f} | {g.model_signing:.2f} | {g.beside_bare:.2f} | "
            f"{g.beside_model_signing:.2f} |"
            for g in (small, large)
        ),
        met_bare="yes" if large.beside_bare <= MOST else "**no**",
        met_theirs="yes" if max(small.beside_model_signing, large.beside_model_signing) <= 1 else "**no**",
        large=large,
        worst=max(small.beside_model_signing, large.beside_model_signing),
    )


def _write_model(model: Path, megabytes: int) -> None:
    model.mkdir()
    for number in range(FILES):
        with (model / f"part-{number}.safetensors").open("wb") as file:
            left = (megabytes << 20) // FILES
            block = bytes((number * 31 + at * 7) & 255 for at in range(1 << 16)) * 16
            while left:
                left -= file.write(block[:left])


def _certify(model: Path) -> dict[str, list[str]]:
    now = dt.datetime.now(dt.UTC).replace(microsecond=0)
    manifest = Manifest.of(model.name, files_of(model)[0])
    made = Issued.good(start=now - dt.timedelta(hours=1), manifest=manifest)
    folder, policy, key = (
        model.parent / f"{model.name}.assay",
        model.parent / "policy.yaml",
        model.parent / "key",
    )
    folder.mkdir()
    signature = sign(manifest.signing_statement(), KEYS["certifier"]).content
    for name, content in (
        (CERTIFICATE, made.bundle.content), (PROOF, made.proof()), (STATUS, made.status()), (MODEL_SIGNATURE, signature)
    ):  # fmt: skip
        (folder / name).write_bytes(content)
    policy.write_text(policy_text(made.policy), encoding="utf-8")
    key.write_text(KEYS["certifier"].public.pem)
    return {
        "gate": ["--policy", str(policy), "--use-case", "credit"],
        "theirs": ["--signature", str(folder / MODEL_SIGNATURE), "--public_key", str(key)],
    }


def both(folder: Path, *, megabytes: int, repeats: int, say: Callable[[str], None]) -> str:
    """Measure a small and a large model and write the section."""
    found = []
    for name, size in (("small", SMALL), ("large", megabytes)):
        with tempfile.TemporaryDirectory(prefix=f"{name}-", dir=folder) as place:
            found.append(measure(Path(place), megabytes=size, repeats=repeats, say=say))
    return section(*found)


def main() -> None:
    """This part alone; prints its section."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gating", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=LARGE)
    parser.add_argument("--repeats", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-gating-") as folder:
        print(
            both(
                Path(folder),
                megabytes=asked.megabytes,
                repeats=asked.repeats,
                say=lambda what: print(what, flush=True),
            )
        )


_TEXT = """
## At the gate

`assay gate` on a model folder of {files} files, as a whole process with its start and its imports: digests of all files, the
certificate's signature, status and proof, against a process that only digests the same files one after the other
(`hashlib.file_digest`), and against `model_signing verify key` on the same files.

| model | bare hash, s | `assay gate`, s | `model_signing`, s | gate / bare | gate / `model_signing` |
|---|---|---|---|---|---|
{rows}

| what | bar | measured | met |
|---|---|---|---|
| the gate beside the bare hash on {large.megabytes} MiB, times | at most {most} | {large.beside_bare:.2f} | {met_bare} |
| the gate beside `model_signing verify`, the worse of both, times | at most 1 | {worst:.2f} | {met_theirs} |
"""


if __name__ == "__main__":
    main()
