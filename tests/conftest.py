"""The seed is fixed: the same examples on every machine and every run. Nothing of the user's own is touched."""

from __future__ import annotations

import gc
import os
import tempfile
from collections.abc import Generator, Iterator

import pytest
from hypothesis import settings
from tests.unsynced import unsynced_files, wait_for_no_disk

os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="assay-state-")

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")

wait_for_no_disk()

OF_FILES = frozenset({"sandbox", "store", "subject"})
"""The folders whose tests look at how files are read and written."""

LONGEST = (
    "app/test_certify.py",
    "app/test_code_beside.py",
    "app/test_files_beside.py",
    "gate/test_runners.py",
    "gate/test_table.py",
    "app/test_refits.py",
    "app/test_mitigate.py",
    "app/test_privacy_of_recipes.py",
    "domain/test_state.py",
    "subject/test_malformed_data.py",
    "templates/test_templates.py",
    "cli/test_hard_places.py",
    "plugins/test_hostile_changes.py",
    "benchmarks/test_bench_small.py",
    "benchmarks/test_adult_small.py",
    "app/test_issue_stopped.py",
    "domain/test_superseding.py",
)
"""Files that take long for the tests they have: begun last, one of them would keep one worker busy while the other has nothing left."""


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What stays until the end is not searched for garbage: by then that was a third of the time that a small test took."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first (``--no-loadscope-reorder`` keeps the order; xdist begins with those of most tests else)."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get("/".join(item.path.parts[-2:]), len(rank)))


@pytest.fixture(scope="module", autouse=True)
def files(request: pytest.FixtureRequest) -> Iterator[None]:
    """They wait for no disk, but where that is what is tested."""
    if request.path.parent.name in OF_FILES:
        yield
        return
    with unsynced_files():
        yield
