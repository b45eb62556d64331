"""A plug-in that ends the program must not end it with the code that means certified."""

from __future__ import annotations

import json
import os
import textwrap
from pathlib import Path

import pytest
from tests.app.conftest import Folder
from tests.cli.warm import run

LEAVING_CHECK = """
import sys
from dataclasses import replace
from assay.checks.performance.auc import auc

def leave(view):
    sys.exit(0)

leave.__doc__ = auc.measure.__doc__
leaver = replace(auc, measure=leave, metric=replace(auc.metric, id="performance.leaver"))
"""


def installed(site: Path, module: str, value: str = "leaver") -> dict[str, str]:
    """A distribution as an installer leaves it: a module, and the metadata that names its entry point."""
    information = site / "leaver-1.0.dist-info"
    information.mkdir(parents=True)
    (site / "leaver.py").write_text(textwrap.dedent(module))
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: leaver\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[assay.checks]\nleaver = {value}\n")
    places = filter(None, [str(site), os.environ.get("PYTHONPATH")])
    return {**os.environ, "PYTHONPATH": os.pathsep.join(places)}


CERTIFY = ("certify", "--certify-without-a-lock", "specification.yaml", "--workers", "1")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        *((how, CERTIFY) for how in ("sys.exit(0)", "sys.exit()", "raise SystemExit", "sys.exit('so long')")),
        ("sys.exit(0)", ("plan", "specification.yaml")),
        ("sys.exit(0)", ("checks",)),
    ],
)
def test_a_plugin_that_exits_on_import_is_named_and_there_is_no_verdict(tmp_path, how, words):
    Folder(tmp_path).write()
    environment = installed(tmp_path / "site", f"import sys\n{how}\n")
    done = run(*words, cwd=tmp_path, env=environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "The plug-in 'leaver' (leaver) of leaver cannot be used: it ends the program when" in done.stderr


def test_a_check_that_leaves_in_the_plan_is_broken_and_does_not_choose_the_exit_code(tmp_path):
    """The plan counts on an imagined table; a check that leaves there must not leave with 0."""
    folder = Folder(tmp_path)
    folder.edit("performance.auc", "performance.leaver").write()
    environment = installed(tmp_path / "site", LEAVING_CHECK, "leaver:leaver")
    done = run("plan", "specification.yaml", cwd=tmp_path, env=environment)
    assert done.returncode == 1
    assert "BROKEN" in done.stdout
    said = run("plan", "specification.yaml", "--json", cwd=tmp_path, env=environment)
    assert said.returncode == 1
    (only,) = json.loads(said.stdout)["attempts"]
    assert any("raised SystemExit" in criterion["broken"] for criterion in only["criteria"])
