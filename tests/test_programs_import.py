"""Every program outside of ``src`` can be imported, and every name that it takes from ours is there.

``make guarantee``, ``make bench`` and ``make demo`` run for minutes to hours and no test runs them whole: a name that moved would
be missed on the day that they are needed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = ("benchmarks", "examples", "guarantee", "scripts")
LOOKS = r"""
import ast, importlib, importlib.util, json, sys, traceback
from pathlib import Path

OURS = {"assay", "tests", "benchmarks", "examples", "guarantee", "scripts"}
root, wrong, seen = Path(sys.argv[1]), {}, 0
for path in sorted(path for folder in sys.argv[2:] for path in (root / folder).rglob("*.py")):
    written = str(path.relative_to(root))
    known = set(sys.modules)
    sys.path.insert(0, str(path.parent))  # as when it is run
    try:
        if (path.parent / "__init__.py").exists():
            importlib.import_module(written.removesuffix(".py").replace("/", "."))
        else:
            specification = importlib.util.spec_from_file_location(f"looked_at_{seen}", path)
            module = importlib.util.module_from_spec(specification)
            sys.modules[module.__name__] = module
            specification.loader.exec_module(module)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):  # those inside of functions, too
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in OURS:
                exec(ast.unparse(ast.ImportFrom(node.module, node.names, node.level)), {})
    except BaseException:
        wrong[written] = traceback.format_exc(limit=-2)
    sys.path.remove(str(path.parent))
    beside = {other.stem for other in path.parent.glob("*.py")}
    for name in set(sys.modules) - known:
        if name in beside:  # train.py of one example is not that of another
            del sys.modules[name]
    seen += 1
print(json.dumps([seen, wrong]))
"""


def looked_at(root: Path, *folders: str) -> tuple[int, dict[str, str]]:
    """How many programs there are below the folders, and what is wrong with each that cannot be imported."""
    done = subprocess.run(
        [sys.executable, "-B", "-c", LOOKS, str(root), *folders],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
        timeout=280,
    )
    seen, wrong = json.loads(done.stdout)
    return seen, wrong


def test_every_program_finds_what_it_imports() -> None:
    pytest.importorskip("fairlearn", reason="make test installs it")
    seen, wrong = looked_at(ROOT, *FOLDERS)
    assert seen > 40
    assert not wrong, "\n".join(f"{path}: {trace}" for path, trace in wrong.items())


def test_a_name_that_moved_is_found_at_the_top_and_in_a_function(tmp_path: Path) -> None:
    programs = {
        "top.py": "from assay.app.judging.certify import open_engine_that_moved\n",
        "inside.py": "def main():\n    from assay.app.judging.certify import open_engine_that_moved\n",
        "beside.py": "import helper\n",
        "helper.py": "def main():\n    from assay.app.judging.certify import certify\n",
        "absent.py": "import helper_that_moved\n",
    }
    for name, text in programs.items():
        (tmp_path / name).write_text(text)
    seen, wrong = looked_at(tmp_path, ".")
    assert (seen, sorted(wrong)) == (5, ["absent.py", "inside.py", "top.py"])
