"""A finished part of the guarantee is believed only while nothing changed that it stands on."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from guarantee.__main__ import BORROWED, STANDS_ON

from guarantee import sources

ROOT = Path(__file__).parents[2]


def names(part: str) -> set[str]:
    return {file.relative_to(ROOT).as_posix() for file in sources.files_of(STANDS_ON[part])}


def test_a_part_stands_on_what_it_imports_directly_or_not():
    assert {"guarantee/tiny_worlds.py", "src/assay/stats/rates.py", "src/assay/domain/judge.py"} <= names(
        "tiny"
    )


def test_a_part_stands_on_checks_that_no_import_names():
    assert "src/assay/checks/fairness/impact_ratio.py" in names("pipeline")


def test_a_part_stands_on_the_program_that_it_starts():
    assert {"guarantee/killing.py", "src/assay/store/log.py", "src/assay/store/tables.py"} <= names("crash")


def test_every_part_stands_on_how_much_is_run():
    assert all("guarantee/__main__.py" in names(part) for part in STANDS_ON)


def test_a_page_is_no_source_of_a_figure():
    assert not any("dossier" in file for part in ("tiny", "power", "simulated") for file in names(part))


def test_a_module_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match=r"guarantee\.nowhere"):
        sources.files_of(["guarantee.nowhere"])


def test_a_changed_file_makes_another_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "guarantee", tmp_path / "guarantee", ignore=shutil.ignore_patterns("__pycache__"))
    for borrowed in BORROWED.values():
        for file in borrowed:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / file, tmp_path / file)
    monkeypatch.setattr(sources, "ROOT", tmp_path)
    places = {"assay": tmp_path / "src" / "assay", "guarantee": tmp_path / "guarantee"}
    monkeypatch.setattr(sources, "PLACES", places)

    def digests() -> dict[str, str]:
        return {
            part: sources.digest_of(modules, borrowed=BORROWED.get(part, ()))
            for part, modules in STANDS_ON.items()
        }

    def changed(file: str) -> set[str]:
        before = digests()
        with (tmp_path / file).open("a") as other:
            other.write("# changed\n")
        return {part for part, digest in digests().items() if digest != before[part]}

    assert changed("src/assay/dossier/wording.py") <= {"crash", "planted"}
    assert changed("src/assay/store/log.py") == {"crash", "planted"}
    assert changed("tests/world.py") == {"mutations"}
    assert changed("src/assay/checks/fairness/impact_ratio.py") >= {
        "tiny",
        "power",
        "pipeline",
        "portfolio",
        "planted",
    }
    assert "simulated" in changed("src/assay/stats/auc.py")
