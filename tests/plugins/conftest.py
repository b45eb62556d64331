"""A folder that stands on the path, where packages are installed; nothing is remembered of them between tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from tests.app.conftest import Folder, children, folder, in_this_process  # noqa: F401 - fixtures
from tests.plugins.packages import install

from assay.app.judging.boundary import counts_of
from assay.checks import ALL, Counts, outcomes
from assay.domain.assessment import Broken
from assay.domain.isolation import HIGHEST
from assay.domain.specification import Criterion
from assay.plugins import catalogue as installed
from assay.plugins.catalogue import catalogue
from assay.sandbox.launch import close_children
from assay.sandbox.probe import probe

fenced = pytest.mark.skipif(probe().level < HIGHEST, reason="this machine lacks fences: see assay sandbox")

Asking = Callable[..., Folder]
CRITERION = (
    "  - {id: other, metric: METRIC, THRESHOLD, tier: critical, owner: validator,\n"
    "     rationale: to see what happens}\n  - {id: complete,"
)


@contextmanager
def installing(root: Path) -> Iterator[Path]:
    """A place on the path where packages are installed, for as long as this lasts."""
    place = root / "site"
    place.mkdir()
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(place))
        installed._installed.cache_clear()
        yield place
        close_children()
    installed._installed.cache_clear()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Path]:
    """Where packages are installed."""
    with installing(tmp_path) as place:
        yield place


@pytest.fixture
def asking(site: Path, tmp_path: Path) -> Callable[..., Folder]:
    """A specification that asks the check of a package with this source, as critical."""

    def made(source: str, metric: str = "performance.other", threshold: str = "at_least: 0.3") -> Folder:
        install(site, source)
        root = tmp_path / "case"
        root.mkdir()
        criterion = CRITERION.replace("METRIC", metric).replace("THRESHOLD", threshold)
        asked = Folder(root).edit("  - {id: complete,", criterion)
        return asked.edit("criteria: [accuracy,", "criteria: [other, accuracy,")

    return made


VIEW = outcomes({ALL: (2500, 500, 400, 600)})


def counted(view: object = VIEW, check: str = "performance.other") -> Counts | Broken:
    """What a run takes of the check, by the boundary that every run and plan asks through."""
    found = catalogue()[check]
    asked = Criterion.model_validate(
        {"id": "other", "metric": check, "at_least": Decimal("0.5"), "tier": "critical", "owner": "validator",
         "rationale": "none"}
    )  # fmt: skip
    return counts_of(found, asked, lambda: view)
