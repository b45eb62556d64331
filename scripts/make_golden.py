"""Make tests/golden/: what every later version must still read as it did when it was made: certificates, and a whole log.

Keys come from fixed texts, the time is fixed and signatures are deterministic, so that it is the same wherever it is made. What
is committed is kept: a part is made where it is not there, and made again only when its form changes before the first release. Then:
python -m scripts.make_golden --again PART
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from tests import golden_life, world

from assay.app.verifying.certificate_folder import CERTIFICATE, PROOF, STATUS
from assay.domain.digests import sha256_of
from assay.proof.keys import PrivateKey
from assay.proof.manifest import Manifest
from assay.reading.policy import policy_text

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden"
MODELS = {
    "good": {"model.txt": b"tree\n", "tokenizer/words.json": b'{"a": 1}', "weights/part-0.bin": bytes(64)},
    "withheld": {"model.txt": b"another tree\n"},
}


class FixedKey(PrivateKey):
    """A key that signs the same text with the same bytes (RFC 6979)."""

    __slots__ = ()

    def sign(self, message: bytes) -> bytes:
        """As any key, but not at random."""
        return self._key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))


def fixed_key(name: str) -> PrivateKey:
    """The golden key of this name; worthless, as everyone can make it."""
    secret = int.from_bytes(hashlib.sha256(f"assay golden {name}".encode()).digest(), "big") >> 1
    return FixedKey(ec.derive_private_key(secret, ec.SECP256R1()))


def issued(name: str, model: Path) -> world.Issued:
    """The certificate of one model, with the log that it stands in."""
    files = [(path, sha256_of(content)) for path, content in MODELS[name].items()]
    manifest = Manifest.of(model.name, files)
    if name == "good":
        conditions = ("over 60: too few rows",)
        return world.Issued.good(
            manifest=manifest, scope={"outcome": "conditional", "conditions": conditions}
        )
    used = world.policy()
    decided = world.World.with_policy(used)
    decided.lock()
    decided.run(subject=manifest)
    decided.decide("withheld")
    return world.Issued.of(decided, used, decided.certificate(manifest=manifest))


def certified(folder: Path) -> None:
    """Write a model with its certificate, status and proof, the policy, and what is asked of it."""
    name, files = folder.name, MODELS[folder.name]
    model = folder / ("credit-model" if len(files) > 1 else "model.txt")
    for path, content in files.items():
        place = model / path if len(files) > 1 else model
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    made = issued(name, model)
    certificates = folder / f"{model.name}.assay"
    certificates.mkdir()
    (certificates / CERTIFICATE).write_bytes(made.bundle.content)
    (certificates / STATUS).write_bytes(made.status())
    (certificates / PROOF).write_bytes(made.proof())
    (folder / "policy.yaml").write_text(policy_text(made.policy), encoding="utf-8")
    asked = {"model": model.name, "use_case": "credit", "now": made.world.time.isoformat()}
    (folder / "asked.json").write_text(json.dumps(asked, indent=1) + "\n", encoding="utf-8")


PARTS = {
    **dict.fromkeys(MODELS, certified),
    "log": golden_life.write,
    "log-with-releases": golden_life.write_with_releases,
}


def main(again: tuple[str, ...]) -> None:
    """Write every part that is not there, and those that are to be made ``again``."""
    unknown = set(again) - set(PARTS)
    if unknown:
        sys.exit(f"expected parts among {', '.join(PARTS)}; found {', '.join(sorted(unknown))}")
    world.KEYS.update({name: fixed_key(name) for name in (*world.KEYS, *golden_life.NEW_KEYS)})
    for name, write in PARTS.items():
        folder = GOLDEN / name
        if name in again:
            shutil.rmtree(folder, ignore_errors=True)
        if folder.exists():
            print(
                f"{folder} is there, and stays as it is; it is made again only when its form changes: --again {name}"
            )
            continue
        write(folder)


if __name__ == "__main__":
    first, *rest = sys.argv[1:] or ["--again"]
    if first != "--again":
        sys.exit("python -m scripts.make_golden [--again PART ...]")
    main(tuple(rest))
