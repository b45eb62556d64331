"""The folders of a team, as tests of the use cases find them; commands and tests ask near children, but where ``far`` is said."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.app.conftest import after, folder, in_this_process, made, team  # noqa: F401 - fixtures
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
