"""A folder that stands on the path, where packages are installed; nothing is remembered of them between tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.app.conftest import Folder, folder, in_this_process  # noqa: F401 - fixtures
from tests.plugins.packages import install

from assay.plugins import catalogue as installed
from assay.sandbox.launch import close_children

CRITERION = (
    "  - {id: other, metric: METRIC, THRESHOLD, tier: critical, owner: validator,\n"
    "     rationale: to see what happens}\n  - {id: complete,"
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where packages are installed."""
    place = tmp_path / "site"
    place.mkdir()
    monkeypatch.syspath_prepend(str(place))
    installed._installed.cache_clear()
    yield place
    close_children()
    installed._installed.cache_clear()


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
