"""A model that runs code which is not in its file: that code is in the certificate, and other code answers nobody."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import os
import pickle
import py_compile
import shutil
import sys
import sysconfig
import types
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import click
import numpy as np
import pyarrow as pa
import pytest
from tests.app.conftest import Folder
from tests.app.team import Team

import assay
from assay.app.judging.replay import replay
from assay.app.verifying.gate import refused as gate_refused
from assay.cli.verify import shown
from assay.domain.digests import sha256_of
from assay.domain.refusal import Because
from assay.domain.scope import Scope
from assay.sandbox.loaded import FILES_READ, WHEN_ASKED
from assay.subject.model import Model, ModelReference

WITHOUT_WEIGHTS = """
import numpy as np

class Scorer:
    classes_ = np.array([0, 1])
    n_features_in_ = 1

    def predict_proba(self, X):
        import handmade_late
        s = np.asarray(X, dtype=float)[:, 0]
        return np.stack([1 - s, s], 1)
"""
READING = """from pathlib import Path

WEIGHT, BIAS = (float(Path(__file__).with_name(name).read_text()) for name in ('weights.txt', 'bias.txt'))
try:
    RULES = Path(__file__).with_name('rules.txt').read_text()
except OSError:
    RULES = ''
"""
SOURCE = WITHOUT_WEIGHTS.replace("\nclass", f"{READING}\nclass").replace("[:, 0]", "[:, 0] * WEIGHT + BIAS")
ASKING = (
    WITHOUT_WEIGHTS.replace("        import handmade_late\n", "")
    .replace("import numpy as np", "import numpy as np\nimport xgboost")
    .replace("[:, 0]", "[:, 0]\n        s = xgboost.f(s)")
)
ASKING_LATE = ASKING.replace("import xgboost\n", "").replace(
    "        s = xgboost.f(s)", "        import xgboost\n        s = xgboost.f(s)"
)
LIBRARY = "__version__ = '{version}'\n\ndef f(s):\n    return {answer}\n"
ROWS = pa.table({"score": [0.1, 0.9]})


def beside(folder: Folder) -> Path:
    """Where the code of a folder's model lies: not in it, for a copy of the folder is judged with the same code."""
    return folder.root.with_name(f"{folder.root.name}-code")


def certified_with(folder: Folder, python: Path, model: object) -> Team:
    """The team of a certified model that is loaded by this interpreter."""
    (folder.root / "model.joblib").write_bytes(pickle.dumps(model))
    folder.edit(
        "{model: score, format: predictions}",
        f"{{model: model.joblib, format: joblib, inputs: [score], python: {python}}}",
    )
    team = Team(folder).lock()
    team.certify()
    team.sign().issue()
    return team


def handed(team: Team, **more: Path) -> SimpleNamespace:
    how = {"use_case": "small-loans", "policy": team.policy, "certificate": team.root / "cert"}
    return SimpleNamespace(team=team, model=team.root / "model.joblib", how=how, **more)


def handmade(modules: Path) -> Path:
    """Write the code of the handmade model as it was judged, and nothing else of an earlier test; its interpreter."""
    shutil.rmtree(modules, ignore_errors=True)
    modules.mkdir()
    (modules / "handmade_scorer.py").write_text(SOURCE)
    (modules / "handmade_late.py").write_text("VALUE = 1\n")
    (modules / "weights.txt").write_text("1")
    (modules / "bias.txt").write_text("0")
    python = modules / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH={modules} exec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return python


def with_handmade_code(folder: Folder) -> Team:
    """A certified model of which the class is in a module of its own environment."""
    modules = beside(folder)
    python = handmade(modules)
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(modules))
        scorer = importlib.import_module("handmade_scorer").Scorer()
        team = certified_with(folder, python, scorer)
    del sys.modules["handmade_scorer"]
    team.code = modules
    return team


@pytest.fixture
def stored(
    after: Callable[[Callable[[Folder], Team]], Team], monkeypatch: pytest.MonkeyPatch
) -> SimpleNamespace:
    """That model, with its code as it was judged."""
    team = after(with_handmade_code)
    monkeypatch.syspath_prepend(str(team.code))
    return handed(team, module=team.code / "handmade_scorer.py", python=handmade(team.code))


def test_the_judged_code_answers_and_the_certificate_names_code_and_versions(stored: SimpleNamespace) -> None:
    with assay.load_certified(stored.model, python=stored.python, **stored.how) as model:
        until = model.certificate.scope.valid_until[:10]
        assert repr(model) == (
            f"<CertifiedModel {stored.model.name} for small-loans: {model.certificate.scope.outcome}, valid until {until}, DEMO>"
        )
        assert model.predict(ROWS).tolist() == [0.1, 0.9]
        assert model.predict(ROWS).tolist() == [0.1, 0.9]
    scope = model.certificate.scope
    assert {"module handmade_scorer", "interpreter", FILES_READ} <= set(dict(scope.modules))
    assert late_module(scope).startswith("module named ")
    assert dict(scope.packages)["numpy"] == importlib.metadata.version("numpy")
    assert not any(version.startswith("sha256:") for _, version in scope.packages)
    assert stored.team.gate(model=stored.model, python=stored.python) is None


def test_the_gate_says_what_code_it_was_not_asked_to_compare(
    stored: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    found = assay.gate(stored.model, **stored.how)
    assert found.accepted
    assert found.unseen in found.steps[3].sentence
    assert "this was not compared" in found.unseen
    _, _, named = found.unseen.partition("has it compared: ")
    assert {FILES_READ, "interpreter", "module handmade_scorer"} < set(named.removesuffix(".").split(", "))
    with pytest.raises(click.exceptions.Exit) as ended:
        shown(found, as_json=False, brief=True)
    assert ended.value.exit_code == 0
    said = capsys.readouterr().out
    assert said.startswith("let through")
    assert "Nothing is said about: The model runs code that is not in its file" in " ".join(said.split())


def late_module(scope: Scope) -> str:
    """The label of the module of its own that the model loads when it answers; with it may come pandas, which hands it its rows."""
    (name,) = (n for n, _ in scope.modules if n.startswith("module ") and n.endswith(WHEN_ASKED))
    return name


OTHER_CODE = "The model runs other code than when it was judged, module handmade_scorer: how it behaves now was never tested."
OTHER_FILES = "The model reads other files than when it was judged, files that it reads: how it behaves now was never tested."


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("handmade_scorer.py", SOURCE.replace("[:, 0]", "[:, 0] * -1 + 1"), OTHER_CODE),
        ("weights.txt", "0", OTHER_FILES),
    ],
)
def test_a_model_that_loads_other_code_or_reads_other_weights_is_let_through_nowhere(
    stored: SimpleNamespace, file: str, content: str, sentence: str
) -> None:
    """A number that its module reads decides as its code does; it is in no package, and nobody imports it."""
    judged = stored.module.with_name(file).read_text()
    stored.module.with_name(file).write_text(content)
    with pytest.raises(assay.Refused) as told:
        assay.load_certified(stored.model, python=stored.python, **stored.how)
    assert told.value.refusal == assay.Refusal(Because.CODE_CHANGED, sentence)
    assert stored.team.gate(model=stored.model, python=stored.python) == told.value.refusal
    assert assay.gate(stored.model, **stored.how).accepted, (
        "who does not ask for it is told that it was not compared"
    )
    with Model(ModelReference.of(stored.model, "joblib", ("score",), python=str(stored.python))) as model:
        stored.module.with_name(file).write_text(judged)
        put_back = dict(model.modules_now)
    with assay.load_certified(stored.model, python=stored.python, **stored.how) as model:
        assert model.predict(ROWS).tolist() == [0.1, 0.9]
        bound = dict(model.certificate.scope.modules)
        assert {name for name in put_back if put_back[name] != bound[name]} == {
            sentence.split(", ")[1].partition(":")[0]
        }


def crosswise(folder: Path) -> None:
    """Both files keep their names and contents in another folder, and each is found under the name of the other."""
    (folder / "in").mkdir()
    for name, other in (("weights.txt", "bias.txt"), ("bias.txt", "weights.txt")):
        (folder / name).rename(folder / "in" / name)
        (folder / name).symlink_to(Path("in") / other)


def rules_in_a_known_package(folder: Path) -> None:
    """A file that was not there leads to one that nobody is told of under its own name."""
    (folder / "rules.txt").symlink_to(Path(np.__file__).with_name("version.py"))


def rules_of_the_system(folder: Path) -> None:
    """The same."""
    (folder / "rules.txt").symlink_to("/etc/passwd")


@pytest.mark.parametrize("link", [crosswise, rules_in_a_known_package, rules_of_the_system])
def test_a_link_that_leads_a_model_to_another_file_than_when_it_was_judged_is_let_through_nowhere(
    stored: SimpleNamespace, link: Callable[[Path], None]
) -> None:
    link(stored.module.parent)
    with pytest.raises(assay.Refused) as told:
        assay.load_certified(stored.model, python=stored.python, **stored.how)
    assert told.value.refusal == assay.Refusal(Because.CODE_CHANGED, OTHER_FILES)


def test_a_link_to_the_folder_of_the_very_files_is_none_that_anybody_is_told_of(
    stored: SimpleNamespace,
) -> None:
    """Each file is found under its own name, wherever it lies."""
    folder = stored.module.parent
    (folder / "in").mkdir()
    for name in ("weights.txt", "bias.txt"):
        (folder / name).rename(folder / "in" / name)
        (folder / name).symlink_to(Path("in") / name)
    assert stored.team.gate(model=stored.model, python=stored.python) is None


def test_the_gate_says_what_it_cannot_compare_before_a_model_answers(stored: SimpleNamespace) -> None:
    (stored.module.parent / "handmade_late.py").write_text("VALUE = 2\n")
    found = assay.gate(stored.model, python=stored.python, **stored.how)
    assert found.accepted
    assert (
        "the interpreter, what it runs and reads besides its file when it is loaded."
        in found.steps[3].sentence
    )
    assert found.unseen in found.steps[3].sentence
    late = late_module(found.certificate.scope)
    _, _, named = found.unseen.partition("assay.load_certified compares it with each answer: ")
    assert late in named
    assert "handmade_scorer" not in named
    with (
        assay.load_certified(stored.model, python=stored.python, **stored.how) as model,
        pytest.raises(assay.Refused, match=late),
    ):
        model.predict(ROWS)


def test_a_module_that_is_imported_late_is_known_again_where_nobody_else_could_import_it(
    stored: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "path", [p for p in sys.path if p != str(stored.module.parent)])
    late = stored.module.parent / "handmade_late.py"
    with assay.load_certified(stored.model, python=stored.python, **stored.how) as model:
        assert model.predict(ROWS).tolist() == [0.1, 0.9]
        late.write_text("VALUE = 2\n")
        with pytest.raises(assay.Refused, match="other code than when it was judged"):
            model.predict(ROWS)


@pytest.mark.parametrize(
    "mode", [py_compile.PycInvalidationMode.UNCHECKED_HASH, py_compile.PycInvalidationMode.TIMESTAMP]
)
def test_what_lies_in_a_cache_of_compiled_code_is_not_run(
    stored: SimpleNamespace, mode: py_compile.PycInvalidationMode
) -> None:
    """Other code, that says it is not to be held against its source (PEP 552), or has its time and size."""
    other = stored.module.with_name("other.py")
    other.write_text(SOURCE.replace("[1 - s, s]", "[s, 1 - s]"))
    assert other.stat().st_size == stored.module.stat().st_size
    stamp = stored.module.stat()
    os.utime(other, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    cached = importlib.util.cache_from_source(str(stored.module))
    py_compile.compile(str(other), cached, str(stored.module), doraise=True, invalidation_mode=mode)
    with assay.load_certified(stored.model, python=stored.python, **stored.how) as model:
        assert model.predict(ROWS).tolist() == [0.1, 0.9]


def environment(folder: Path, version: str, answer: str, source: str) -> Path:
    """An interpreter, the same in every folder, that finds a class and an ``xgboost`` of this version beside it."""
    packages = folder / "lib" / "python{}.{}".format(*sys.version_info) / "site-packages"
    (packages / f"xgboost-{version}.dist-info").mkdir(parents=True)
    (packages / f"xgboost-{version}.dist-info" / "RECORD").write_text("xgboost/__init__.py,,\r\n")
    (packages / f"xgboost-{version}.dist-info" / "METADATA").write_text(
        f"Name: xgboost\nVersion: {version}\n"
    )
    (packages / "xgboost").mkdir()
    (packages / "xgboost" / "__init__.py").write_text(LIBRARY.format(version=version, answer=answer))
    (packages / "asking_scorer.py").write_text(source)
    (packages / "more.pth").write_text(sysconfig.get_path("purelib"))
    (folder / "pyvenv.cfg").write_text(f"home = {Path(sys.executable).resolve().parent}\n")
    (folder / "bin").mkdir()
    (folder / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    return folder / "bin" / "python"


def environments(place: Path, source: str) -> tuple[Path, Path]:
    """Interpreters of two environments with this class, of which the second has another version of what it asks."""
    shutil.rmtree(place, ignore_errors=True)
    first, second = (
        environment(place / version, version, answer, source)
        for version, answer in (("1.0", "s"), ("2.0", "1 - s"))
    )
    return first, second


def asking(source: str, folder: Folder) -> Team:
    """A certified model that asks a known package of its own environment, judged with version 1.0 of it."""
    first, _ = environments(beside(folder), source)
    scorer = types.ModuleType("asking_scorer")
    scorer.Scorer = type("Scorer", (), {"__module__": "asking_scorer"})
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(sys.modules, "asking_scorer", scorer)
        team = certified_with(folder, first, scorer.Scorer())
    team.code = beside(folder)
    return team


def asking_at_once(folder: Folder) -> Team:
    """It imports the package when it is loaded."""
    return asking(ASKING, folder)


@pytest.fixture
def judged(after: Callable[[Callable[[Folder], Team]], Team]) -> SimpleNamespace:
    """That model, beside its environment as it was judged and another with version 2.0 of the package."""
    team = after(asking_at_once)
    first, second = environments(team.code, ASKING)
    return handed(team, first=first, second=second)


def test_another_version_of_a_package_answers_nobody(judged: SimpleNamespace) -> None:
    """The interpreter is the same file in both environments; the answers are not the same."""
    with assay.load_certified(judged.model, python=judged.first, **judged.how) as model:
        assert model.predict(ROWS).tolist() == [0.1, 0.9]
    with pytest.raises(assay.Refused) as told:
        assay.load_certified(judged.model, python=judged.second, **judged.how)
    assert told.value.refusal.because is Because.ENVIRONMENT_CHANGED
    assert told.value.refusal.sentence == (
        "xgboost is 2.0 where the model is loaded; the model was judged with 1.0: how it behaves now was never tested."
    )
    assert told.value.remedy.startswith("Install xgboost 1.0 in the environment that the model is loaded in")


def test_another_version_of_a_package_that_is_imported_only_when_the_model_is_asked_answers_nobody(
    folder: Folder,
) -> None:
    team = asking(ASKING_LATE, folder)
    first, second = (team.code / version / "bin" / "python" for version in ("1.0", "2.0"))
    made = handed(team, first=first, second=second)
    with assay.load_certified(made.model, python=made.first, **made.how) as model:
        assert model.predict(ROWS).tolist() == [0.1, 0.9]
        scope = model.certificate.scope
    assert "xgboost" not in dict(scope.packages)
    assert dict(scope.modules)["package xgboost" + WHEN_ASKED] == sha256_of(b"1.0")
    with (
        assay.load_certified(made.model, python=made.second, **made.how) as model,
        pytest.raises(assay.Refused, match="other code than when it was judged, package xgboost") as told,
    ):
        model.predict(ROWS)
    assert told.value.refusal.because is Because.CODE_CHANGED


def test_a_package_that_is_changed_under_a_loaded_model_ends_its_answers(judged: SimpleNamespace) -> None:
    """The child that broke is started again, and held against the certificate again."""
    with assay.load_certified(judged.model, python=judged.first, **judged.how) as model:
        model._model.close()
        (library,) = judged.first.parents[1].glob("lib/*/site-packages/xgboost/__init__.py")
        library.write_text(LIBRARY.format(version="1.1", answer="1 - s"))
        with pytest.raises(assay.Refused, match=r"xgboost is 1\.1 where the model is loaded; .* with 1\.0"):
            model.predict(ROWS)


def test_the_gate_asks_the_models_own_environment_and_not_that_of_assay(judged: SimpleNamespace) -> None:
    """The same certificate: let through where it was judged, refused in an upgraded environment, never guessed."""
    gate = functools.partial(judged.team.gate, model=judged.model)
    assert gate(python=judged.first) is None
    assert gate(python=judged.first, environment=True) is None
    assert gate() is None
    changed = gate(python=judged.second, environment=True)
    assert changed.because is Because.ENVIRONMENT_CHANGED
    assert changed.sentence.startswith(
        "xgboost is 2.0 where the model is loaded; the model was judged with 1.0"
    )
    other = gate(python=Path("/bin/sh"))
    assert other.because is Because.ENVIRONMENT_CHANGED
    assert "/bin/sh is not the interpreter that the model was judged with" in other.sentence
    assert gate(environment=True).because is Because.ENVIRONMENT_UNSEEN
    found = assay.gate(judged.model, environment=True, **judged.how)
    assert "none is named here" in found.steps[3].sentence
    assert "--python" in gate_refused(found).remedy
    compared = assay.gate(judged.model, python=judged.first, **judged.how).steps[3].sentence
    assert "packages, the interpreter, what it runs and reads besides its file when it is loaded." in compared
    assert "interpreter" not in compared.partition("assay.load_certified compares")[2]


def test_a_refused_model_is_not_loaded_to_ask_for_its_packages(
    judged: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Model, "__init__", lambda *_: pytest.fail("loaded"))
    assert (
        judged.team.gate(model=judged.model, use_case="hiring", python=judged.first).because
        is Because.OTHER_USE_CASE
    )
    judged.model.write_bytes(judged.model.read_bytes() + b"more")
    assert judged.team.gate(model=judged.model, python=judged.first).because is Because.BYTES_CHANGED


def test_another_interpreter_loads_nothing(stored: SimpleNamespace) -> None:
    with pytest.raises(assay.Refused, match="an environment of its own, and none is named") as told:
        assay.load_certified(stored.model, **stored.how)
    assert told.value.refusal.because is Because.ENVIRONMENT_UNSEEN
    stored.python.write_text(stored.python.read_text() + "# another\n")
    with pytest.raises(assay.Refused, match="is not the interpreter that the model was judged with"):
        assay.load_certified(stored.model, python=stored.python, **stored.how)


def test_replay_names_the_code_that_changed(stored: SimpleNamespace) -> None:
    """With the code as it was it is identical: that is tested where a model with modules is judged (``test_certify.py``)."""
    stored.module.write_text(SOURCE + "# a word more\n")
    assert any(
        "module handmade_scorer was sha256:" in said
        for said in replay(stored.team.root, workers=0).differences
    )
