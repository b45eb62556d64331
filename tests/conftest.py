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
    "dossier/test_in_a_browser.py",
    "gate/test_runners.py",
    "gate/test_table.py",
    "domain/test_coincidence.py",
    "docs/test_tutorial.py",
    "app/test_chain.py",
    "app/test_fenced_runs.py",
    "plugins/test_hostile_counts.py",
    "engine/test_executor.py",
    "app/test_refits.py",
    "subject/test_models.py",
    "sandbox/test_children.py",
    "domain/test_state.py",
    "cli/test_hard_places.py",
    "app/test_code_beside.py",
    "subject/test_datasets.py",
    "subject/test_malformed_data.py",
    "sandbox/test_bubblewrap.py",
    "plan/test_planned_power.py",
    "app/test_mitigate.py",
    "app/test_record_parts.py",
    "stats/test_grid.py",
    "cli/test_keys_and_trust.py",
    "docs/test_how_to_python.py",
    "templates/test_templates.py",
    "guarantee/test_guarantee_short.py",
    "app/test_what_breaks.py",
    "sandbox/test_hostile_models.py",
    "plugins/test_hostile_packages.py",
    "app/test_sign_elsewhere.py",
    "cli/test_commands.py",
    "plugins/test_hostile_changes.py",
    "benchmarks/test_bench_small.py",
    "stats/test_headline.py",
    "app/test_files_beside.py",
    "domain/test_judge_and_decide.py",
    "cli/test_plugins.py",
    "app/test_issue_stopped.py",
    "app/test_attempts.py",
    "app/test_unlocked_runs.py",
    "sandbox/test_keeper.py",
    "checks/test_check_pages.py",
    "examples/test_example_data.py",
    "guarantee/test_planted.py",
)
"""Files that take long for the tests they have: begun last, one of them would keep one worker busy while the other has nothing left."""


TOGETHER = {"tests/app/test_declared_search.py": "tests/app/test_mitigate.py"}
"""Files that follow another one in its worker, since what both begin with takes long to make."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """As ``--dist loadfile`` does it, with these files as one."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class Together(LoadFileScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            return TOGETHER.get(file, file)

    return Together(config, log)


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
