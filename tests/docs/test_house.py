"""CONTRIBUTING.md shows the house as it stands; the explanation of grades has the figures that the program prints."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from assay.stats.simulated_sizes import SIMULATED_SIZES

ROOT = Path(__file__).resolve().parents[2]
HOUSE = ROOT / "src" / "assay"
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
SHOWN = dict(re.findall(r"^\| `(\w+)/` \| (.*) \|$", CONTRIBUTING, re.MULTILINE))
GUARANTEE = (ROOT / "docs" / "explanation" / "guarantee.md").read_text(encoding="utf-8")
RULES = {
    "AUC, Gini": "auc",
    "difference of two AUCs": "auc_difference",
    "Brier score": "mean",
    "average precision": "average_precision",
    "explained variance (R2)": "explained",
    "KS calibration error": "ks_calibration",
    "expected calibration error (ECE)": "ece",
    "observed over expected": "observed_expected",
    "weighted rates": "weighted",
    "clustered rates": "clustered",
    "Mantel-Haenszel odds ratio": "mantel_haenszel",
    "gap within strata (Kitagawa)": "kitagawa",
    "gap by composition (Kitagawa)": "composition",
    "Simpson reversal": "reversal",
    "conditional disparity": "disparity",
    "direct effect": "direct_effect",
    "indirect effect": "indirect_effect",
    "spurious effect": "spurious_effect",
    "members known by probabilities": "proxied",
}


def test_every_folder_is_shown_in_the_order_of_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (arrows,) = [c for c in contracts["contracts"] if c["type"] == "layers" and c["containers"] == ["assay"]]
    assert list(SHOWN) == [name for layer in arrows["layers"] for name in layer.split(" : ")]
    assert set(SHOWN) == {p.parent.name for p in HOUSE.glob("*/__init__.py")}


def test_every_part_that_is_named_is_there():
    for folder, said in SHOWN.items():
        for name in re.findall(r"`([a-z_]+(?:/|\.py))`", said):
            below = [HOUSE / folder / name, *(HOUSE / folder).glob(f"*/{name}"), HOUSE / name]
            assert any(place.exists() for place in below), f"{folder}: {name}"
    for name in re.findall(
        r"`((?:src|tests|docs|scripts|guarantee|benchmarks|\.ci)/[\w./-]*)`", CONTRIBUTING
    ):
        assert (ROOT / name).exists(), name


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


def _quoted(page: Path) -> list[str]:
    """The words of a page that stand between backticks, outside of blocks."""
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    return [word for quoted in re.findall(r"`([^`\n]+)`", text) for word in quoted.split()]


def test_every_path_in_the_house_that_a_page_names_is_there():
    roots = (ROOT, HOUSE, HOUSE / "app")
    folders = {place.name for root in roots for place in root.iterdir() if place.is_dir()}
    named = {
        (word, page.name)
        for page in PAGES
        for word in _quoted(page)
        if re.fullmatch(r"[\w.-]+/[\w./-]*", word) and word.partition("/")[0] in folders - {".assay"}
    }
    assert len(named) > 40  # decisions, CONTRIBUTING and the pages do name their places
    assert sorted(n for n in named if not any((root / n[0]).exists() for root in roots)) == []


def test_every_file_that_a_decision_names_is_there_and_has_what_it_is_said_to_have():
    places = (HOUSE, ROOT / "guarantee", ROOT / "tests")
    files = {place.name for folder in places for place in folder.rglob("*.py")}
    for page in (ROOT / "docs" / "decisions").glob("*.md"):
        named = {word.rpartition("/")[2] for word in _quoted(page) if word.endswith(".py")}
        assert named <= files, page.name
        for name, place in re.findall(r"`(\w+)` in\s`([\w/]+\.py)`", page.read_text(encoding="utf-8")):
            assert re.search(rf"\b{name}\b", (HOUSE / place).read_text(encoding="utf-8")), (page.name, name)


def test_every_use_case_is_told_once_in_the_row_of_its_folder():
    table = CONTRIBUTING.split("The use cases of `app/`")[1].split("Beside the arrows")[0]
    told = {
        row[1]: re.findall(r"`(\w+\.py)`", row[0])
        for row in re.finditer(r"^\| `(\w+)/`: .*$", table, re.MULTILINE)
    }
    app = HOUSE / "app"
    assert {name: sorted(files) for name, files in told.items()} == {
        folder.parent.name: sorted(place.name for place in folder.parent.glob("[a-z]*.py"))
        for folder in app.glob("*/__init__.py")
    }


def test_a_decision_has_a_number_of_its_own_and_is_called_by_it():
    decisions = sorted(place.name for place in (ROOT / "docs" / "decisions").glob("*.md"))
    numbers = [re.match(r"\d{4}(?=-)", name) for name in decisions]
    assert all(numbers), decisions
    assert len({number[0] for number in numbers if number}) == len(decisions)
    for page in PAGES:
        for shown, number in re.findall(r"\[(\d{4})\]\([^)]*?(\d{4})-[^)/]*\.md\)", page.read_text("utf-8")):
            assert shown == number, page


def test_the_grade_b_rules_are_shown_with_their_fewest_rows_and_largest_rates():
    shown = re.findall(r"^\| ([^|]+) \| [^|]+ \| (\d+) \| (0\.\d+) \|$", GUARANTEE, re.MULTILINE)
    assert {RULES[name]: (int(fewest), float(largest)) for name, fewest, largest in shown} == {
        rule: (sizes[0][0], max(size for _, size in sizes)) for rule, sizes in SIMULATED_SIZES.items()
    }
