"""The empty environment: install the wheel with its base dependencies alone, and verify a certificate there.

Prints how many distributions that are and how large; ends with 1 when a bar is missed. ``python -m scripts.light_check``
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

from examples.empty_environment import counted, summed
from tests.gate.scene import Scene

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "golden" / "good"

GOLDEN_THERE = """
import datetime, json, pathlib, sys, assay
folder = pathlib.Path(sys.argv[1])
asked = json.loads((folder / "asked.json").read_text())
now = datetime.datetime.fromisoformat(asked["now"])
found = assay.gate(folder / asked["model"], use_case=asked["use_case"], policy=folder / "policy.yaml", now=now)
heavy = {"numpy", "sqlalchemy", "pyarrow", "jinja2"} & set(sys.modules)
sys.exit(0 if found.accepted and not heavy else f"{found.refusal} {heavy}")
"""


def installed(folder: Path) -> Path:
    """The interpreter of a new environment with the wheel and what it needs."""
    wheel = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*wheel, "--wheel-dir", str(folder), str(ROOT)], check=True)
    (made,) = folder.glob("*.whl")
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*install, str(made)], check=True)
    return python


def main() -> int:
    """0 when a fresh and a golden certificate are accepted there, within the bars."""
    with tempfile.TemporaryDirectory(prefix="assay-light-") as place:
        folder = Path(place)
        python = installed(folder)
        scene = Scene(folder, folder=True)
        scene.write()
        asked = ["--model", str(scene.model), "--policy", str(scene.policy), "--use-case", scene.use_case]
        verify = [str(python.parent / "assay"), "verify", str(scene.certificates), *asked]
        subprocess.run(verify, check=True, cwd=folder)
        subprocess.run([str(python), "-c", GOLDEN_THERE, str(GOLDEN)], check=True, cwd=folder)
        found = counted(python)
    for name, size in sorted(found.items(), key=lambda item: -item[1]):
        print(f"{size / 1e6:6.1f} MB  {name}")
    said, within = summed(found)
    print(said)
    return int(not within)


if __name__ == "__main__":
    sys.exit(main())
