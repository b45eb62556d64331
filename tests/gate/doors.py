"""Every way to ask the gate; each returns the reason code, or ``accepted``, and the exit code."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from tests.gate.scene import Scene

import assay
from assay.app.verifying.certificate_folder import Pack
from assay.app.verifying.gate import refused
from assay.app.verifying.packs import read_pack
from assay.cli.main import main
from assay.proof.verification import Purpose
from assay.sandbox.launch import Child
from assay.subject.model import Model, ModelReference

with contextlib.suppress(ModuleNotFoundError):
    import lightgbm  # noqa: F401 - a pytest within this one forgets what was first imported there

Answer = tuple[str, int]
ROOT = Path(__file__).resolve().parents[2]
PLUGIN = (
    "-c", os.devnull, "--confcutdir=.", "--disable-plugin-autoload", "-p", "assay.integrations.pytest_gate",
    "-W", "ignore::pytest.PytestAssertRewriteWarning",
)  # fmt: skip
"""Alone, without settings or what lies in the folders above, and by its module, whether or not the entry point is installed, and whether or not another test has imported it."""


def _purpose(scene: Scene) -> Purpose:
    return Purpose.RUNNING if scene.running else Purpose.DEPLOYMENT


def python(scene: Scene) -> Answer:
    """``assay.gate``."""
    try:
        found = assay.gate(
            scene.model,
            use_case=scene.use_case,
            policy=scene.policy,
            certificate=scene.named,
            purpose=_purpose(scene),
            pack=read_pack(scene.pack) if scene.pack else Pack(),
            sources=scene.sources,
            environment=scene.environment,
            python=scene.interpreter,
        )
    except assay.AssayError as error:
        return error.code, error.exit_code
    if found.accepted:
        return "accepted", 0
    error = refused(found)
    return error.code, error.exit_code


def loaded(scene: Scene) -> Answer:
    """``assay.load_certified``."""
    try:
        assay.load_certified(
            scene.model, use_case=scene.use_case, policy=scene.policy, certificate=scene.named,
            purpose=_purpose(scene), python=scene.interpreter,
        ).close()  # fmt: skip
    except assay.AssayError as error:
        return error.code, error.exit_code
    return "accepted", 0


def words(scene: Scene) -> list[str]:
    """What a person writes behind ``assay gate``."""
    named = ["--certificate", str(scene.named)] if scene.named else []
    running = ["--running"] if scene.running else []
    return [
        str(scene.model), "--policy", str(scene.policy), "--use-case", scene.use_case, *named, *running, *around(scene)
    ]  # fmt: skip


def around(scene: Scene) -> list[str]:
    """What is asked besides about what lies around the model."""
    sources = ["--sources", str(scene.sources)] if scene.sources else []
    python = ["--python", scene.interpreter] if scene.interpreter else []
    return [*sources, *(["--environment"] if scene.environment else []), *python]


def command(scene: Scene) -> Answer:
    """``assay gate``."""
    return _asked(["gate", *words(scene), "--json"])


def verify(scene: Scene) -> Answer:
    """``assay verify``, with the review pack where there is one."""
    review = ["--review", str(scene.pack)] if scene.pack else []
    asked = ["--model", str(scene.model), "--policy", str(scene.policy), "--use-case", scene.use_case]
    return _asked(["verify", str(scene.certificates), *asked, *review, *around(scene), "--json"])


def hook(scene: Scene) -> Answer:
    """The entry of the pre-commit hook, with the arguments that a repository gives it."""
    (defined,) = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text())
    program, *entry = shlex.split(defined["entry"])
    assert program == "assay"
    return _asked([*entry, *defined.get("args", []), *words(scene), "--json"])


def _asked(arguments: list[str]) -> Answer:
    output, errors = io.StringIO(), io.StringIO()
    with (
        contextlib.redirect_stdout(output),
        contextlib.redirect_stderr(errors),
        pytest.raises(SystemExit) as end,
    ):
        main(arguments)
    assert output.getvalue(), errors.getvalue()
    return told(json.loads(output.getvalue())), int(end.value.code or 0)


def told(document: dict[str, Any]) -> str:
    """The reason code in what a command printed with ``--json``."""
    if "error" in document:
        return str(document["error"]["code"])
    return "accepted" if document["accepted"] else str(document["because"])


class _Brief:
    """Nobody reads where in pytest a session ended: its sources are not parsed for a report of each."""

    @pytest.hookimpl(tryfirst=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        excinfo.traceback = excinfo.traceback[-1:]


@contextlib.contextmanager
def loaded_once() -> Iterator[None]:
    """A model that one door has had loaded answers the next one that asks for the same bytes in the same way."""
    load: Callable[[Model], None] = Model._load
    children: dict[ModelReference, Child] = {}

    def remembered(model: Model) -> None:
        if model.reference not in children:
            load(model)
            children[model.reference] = model._child
        model._child = children[model.reference]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "_load", remembered)
        patch.setattr(Model, "close", lambda model: None)
        try:
            yield
        finally:
            for child in children.values():
                child.close()


def plugin(scene: Scene, pytester: pytest.Pytester) -> Answer:
    """A pytest session whose one test passes."""
    pytester.makepyfile("def test_nothing(): pass")
    asked = [f"--assay-{word[2:]}" if word.startswith("--") else word for word in words(scene)]
    ran = pytester.runpytest_inprocess(*PLUGIN, "--assay-gate", *asked, plugins=[_Brief()])
    said = re.search(r"assay: refused \[(\w+)\]", ran.stdout.str() + ran.stderr.str())
    return said[1] if said else "accepted", int(ran.ret)


def process(scene: Scene) -> Answer:
    """``assay gate`` in a process of its own."""
    ran = subprocess.run(
        [sys.executable, "-m", "assay", "gate", *words(scene), "--json"], capture_output=True, text=True
    )
    return told(json.loads(ran.stdout)), ran.returncode


DOORS: dict[str, Callable[[Scene], Answer]] = {
    "assay.gate": python,
    "assay gate": command,
    "assay verify": verify,
    "pre-commit": hook,
    "load_certified": loaded,
}
