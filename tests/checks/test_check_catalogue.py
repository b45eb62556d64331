"""Checks are found by one door, and what cannot be used is refused by name."""

import os
import re
import subprocess
import sys
import textwrap
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from assay.checks import catalogue as found
from assay.checks.catalogue import PluginRefused, catalogue, collect, metrics, source_digest
from assay.checks.check import Check
from assay.domain.vocabulary import Stage

ROOT = Path(__file__).parents[2]
CHECKS = ROOT / "src" / "assay" / "checks"


def entry(value: str, name: str = "some") -> EntryPoint:
    return EntryPoint(name=name, value=value, group=found.GROUP)


def in_a_fresh_process(code: str, path: Path | None = None) -> str:
    environment = dict(os.environ)
    if path is not None:
        others = environment.get("PYTHONPATH", "")
        environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(path), others]))
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        capture_output=True,
        text=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_a_stage_has_its_entry_point():
    files = {
        f"assay.checks.{file.parent.name}.{file.stem}"
        for stage in Stage
        for file in (CHECKS / stage.value).glob("*.py")
        if file.stem != "__init__"
    }
    assert {check.module for check in catalogue().values() if check.module.startswith("assay.")} == files


def test_the_catalogue_is_sorted_and_cannot_be_changed():
    assert list(catalogue()) == sorted(catalogue())
    with pytest.raises(TypeError):
        catalogue()["performance.mine"] = next(iter(catalogue().values()))


def test_metrics_are_those_of_the_checks():
    assert {id_: check.metric for id_, check in catalogue().items()} == dict(metrics())


@pytest.mark.parametrize("check", catalogue().values(), ids=lambda check: check.id)
def test_each_check_says_what_it_was_held_against_in_a_test_that_exists(check: Check):
    assert check.oracle, (
        "write a heading Oracle: what its figures were held against, and the test in brackets"
    )
    named = re.findall(r"tests/[a-z_/]+\.py", check.oracle)
    assert named or "by simulation" in check.oracle
    assert [place for place in named if not (ROOT / place).is_file()] == []


def test_listing_the_checks_imports_nothing_heavy():
    heavy = in_a_fresh_process(
        """
        import sys
        from assay.plugins.catalogue import metrics
        metrics()
        print(sorted({"scipy", "pyarrow", "sklearn", "pandas", "sqlalchemy"} & set(sys.modules)))
        """
    )
    assert heavy.strip() == "[]"


def test_an_entry_point_may_be_one_check():
    assert list(collect([entry("assay.checks.performance.auc:gini")])) == ["performance.gini"]


def test_an_entry_point_may_be_a_module_with_several():
    assert list(collect([entry("assay.checks.performance.auc")])) == ["performance.auc", "performance.gini"]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("assay.checks.no_such_module", "ModuleNotFoundError"),
        ("assay.checks.performance.auc:absent", "AttributeError"),
        ("assay.checks.check", "defines no check"),
        ("assay.checks.check:HEADINGS_OF_NOTHING", "AttributeError"),
        ("assay.checks.check:SECTIONS", "expected a module or a Check, found tuple"),
    ],
)
def test_a_malformed_plugin_is_refused_with_the_culprit_named(value: str, says: str):
    with pytest.raises(PluginRefused, match=says) as refused:
        collect([entry("assay.checks.performance.auc", "good"), entry(value, "culprit")])
    assert refused.value.code == "plugin_malformed"
    assert f"'culprit' ({value})" in str(refused.value)


def test_an_id_that_is_taken_is_refused_with_both_named():
    with pytest.raises(PluginRefused, match=r"'first'.*'second'") as refused:
        collect(
            [entry("assay.checks.performance.auc", "first"), entry("assay.checks.performance.auc", "second")]
        )
    assert refused.value.code == "plugin_duplicate"


def test_an_empty_catalogue_is_an_error():
    with pytest.raises(PluginRefused) as refused:
        collect([])
    assert refused.value.code == "no_checks"


def test_the_source_digest_is_stable_and_the_same_for_one_package():
    digests = {source_digest(check) for check in catalogue().values() if check.module.startswith("assay.")}
    assert len(digests) == 1
    again = in_a_fresh_process(
        """
        from assay.checks.catalogue import catalogue, source_digest
        print(source_digest(catalogue()["performance.auc"]))
        """
    )
    assert digests == {again.strip()}


def test_the_source_digest_sees_a_byte_and_a_name(tmp_path: Path):
    package = tmp_path / "outsider"
    package.mkdir()

    def digest() -> str:
        return in_a_fresh_process(
            """
            from assay.checks.catalogue import _digest_of
            print(_digest_of(("outsider",)))
            """,
            tmp_path,
        )

    (package / "__init__.py").write_text("")
    (package / "one.py").write_text("A = 1\n")
    first = digest()
    (package / "one.py").write_text("A = 2\n")
    second = digest()
    (package / "one.py").rename(package / "two.py")
    assert len({first, second, digest()}) == 3


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("site")
    quiet = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index"]
    source = ROOT / "examples" / "third-party-check"
    subprocess.run([sys.executable, "-m", "pip", "install", *quiet, "--target", target, source], check=True)
    return target


def test_a_third_party_adds_a_check_without_touching_assay(outside: Path):
    listed = in_a_fresh_process(
        "from assay.plugins.catalogue import catalogue; print(*catalogue(), sep='\\n')", outside
    ).splitlines()
    assert set(listed) == {*catalogue(), "performance.specificity"}


def test_the_examples_of_a_third_party_hold(outside: Path):
    shown = in_a_fresh_process(
        """
        import sys
        from assay.checks import verify
        from assay.plugins.catalogue import catalogue
        check = catalogue()["performance.specificity"]
        verify(check)
        assert "assay_specificity" not in sys.modules
        print(len(check.examples))
        """,
        outside,
    )
    assert shown.strip() == "3"


def test_the_test_of_a_third_party_is_one_line_and_holds(outside: Path):
    source = ROOT / "examples" / "third-party-check"
    shown = in_a_fresh_process(
        f"""
        import pytest
        raise SystemExit(pytest.main(["-q", "-p", "no:cacheprovider", {str(source)!r}]))
        """,
        outside,
    )
    assert shown.startswith(".")


def test_a_third_party_needs_one_import_of_assay():
    text = (ROOT / "examples" / "third-party-check" / "assay_specificity.py").read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if "assay" in line and "import" in line] == [
        "from assay.checks import ("
    ]
