"""The folders of a team, as tests of the use cases find them; commands and tests ask near children, but where ``far`` is said."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.app.conftest import Folder, after, folder, in_this_process, made, team  # noqa: F401 - fixtures
from tests.cli import warm
from tests.near import fences, near_children


@pytest.fixture(scope="module", autouse=True)
def children(request: pytest.FixtureRequest) -> Iterator[None]:
    """See the fixture of this name in ``tests/app/conftest.py``."""
    if request.node.get_closest_marker("far"):
        yield
        return
    with near_children(), pytest.MonkeyPatch.context() as patch:
        patch.setitem(warm.told, "fences", fences())
        yield


def certify(place: Path, *more: str, **how: Any) -> subprocess.CompletedProcess[str]:
    """A judged run without a lock in a folder, by one worker."""
    return warm.run(
        "certify",
        "--certify-without-a-lock",
        "specification.yaml",
        "--workers",
        "1",
        *more,
        cwd=place,
        **how,
    )


@pytest.fixture
def portfolio(tmp_path: Path) -> Path:
    """A folder with a small portfolio, of which nothing was measured yet."""
    Folder(tmp_path).write()
    return tmp_path


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which a run has ended."""
    place = tmp_path_factory.mktemp("once")
    Folder(place).write()
    assert certify(place).returncode == 0
    return place
