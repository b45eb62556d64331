"""A small portfolio that takes a second to certify: scores stand in a column, or come from a small model."""

from __future__ import annotations

import shutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.near import near_children, near_unless_far

from assay.app.judging import open_engine
from assay.engine.engine import executor_of
from assay.engine.executor import Executor
from assay.engine.in_process import InProcess

if TYPE_CHECKING:
    from tests.app.team import Team

    from assay.domain.mitigation_record import Search

SPECIFICATION = """
    assay: 1
    name: small-loans
    use_case:
      {domain: credit, purpose: rank applicants, population: adults who apply, test_population: a random third,
       risk: limited}
    charter:
      {sponsor: the head of lending, risk_appetite: few wrongful refusals, success: fewer losses,
       tradeoffs: recall was given up for approval}
    roles: {developer: [dev], data_steward: [steward], validator: [val], risk_officer: [risk]}
    owners: {data: data_steward, updates: developer, monitoring: validator, incidents: risk_officer}
    approval: {lock: {validator: 1}, quorum: {validator: 1, risk_officer: 1}, valid_for: 180 days}
    subject: {model: score, format: predictions}
    prediction: {task: binary, label: bad, favourable: 0, score: probability of loss, decide_at: 0.5}
    data: {dictionary: dictionary.yaml, develop: develop.parquet, test: test.parquet, custody: validator}
    protected:
      sex: {column: sex, groups: {women: 2, men: 1}}
      age: {column: age, bands: [30, 60]}
    small_groups: {below_share: 0.02, treat: advisory}
    failure_modes:
      - {id: harm, harm: people are refused wrongly, severity: critical,
         criteria: [accuracy, approval-sex, refusals-age, complete, ranking]}
    criteria:
      - {id: accuracy, metric: performance.accuracy, at_least: 0.70, expected: 0.8, tier: critical,
         rationale: the old rule reaches it, owner: validator}
      - {id: ranking, metric: performance.auc, at_least: 0.75, expected: 0.9, tier: critical,
         rationale: the old rule reaches it, owner: validator}
      - {id: approval-sex, metric: fairness.impact_ratio, across: sex, at_least: 0.80, tier: critical,
         rationale: four fifths, owner: validator}
      - {id: refusals-age, metric: fairness.equal_opportunity, across: age, at_most: 0.15, tier: supporting,
         rationale: at most one in seven, owner: validator}
      - {id: complete, metric: data.missing_values, at_most: 0, tier: critical,
         rationale: the feed promises complete rows, owner: data_steward}
"""
DICTIONARY = """
    assay_dictionary: 1
    columns:
      - {name: id, type: identifier, description: number of the applicant}
      - {name: sex, type: category, description: sex as registered, codes: {1: male, 2: female}}
      - {name: age, type: integer, description: age in years, range: [18, 110]}
      - {name: income, type: number, description: monthly income, range: [0, null]}
      - {name: bad, type: category, description: not repaid, codes: {0: repaid, 1: lost}}
      - {name: score, type: number, description: probability of loss, range: [0, 1]}
"""


def people(n: int, seed: int) -> pa.Table:
    """Applicants whose losses follow their scores; 1 % are 60 or older."""
    rng = np.random.default_rng(seed)
    score = rng.beta(1.2, 1.2, n)
    age = np.where(rng.random(n) < 0.01, rng.integers(60, 80, n), rng.integers(18, 60, n))
    return pa.table(
        {
            "id": np.arange(n) + 1_000_000 * seed,
            "sex": rng.integers(1, 3, n),
            "age": age,
            "income": rng.lognormal(8, 0.5, n).round(2),
            "bad": (rng.random(n) < score).astype(np.int64),
            "score": score,
        }
    )


def replaced(table: pa.Table, name: str, values: object) -> pa.Table:
    """The table with one column replaced."""
    return table.set_column(table.schema.get_field_index(name), name, pa.array(values))


class Folder:
    """A specification's folder that tests change before they certify."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.text = textwrap.dedent(SPECIFICATION).lstrip()
        self.dictionary = textwrap.dedent(DICTIONARY).lstrip()
        self.test = people(4000, 1)
        self.develop = people(2000, 2)

    def edit(self, old: str, new: str) -> Folder:
        """Replace a text that stands once in the specification."""
        assert self.text.count(old) == 1, old
        self.text = self.text.replace(old, new)
        return self

    def look_alike(self) -> Folder:
        """Say beforehand that different people have the same row."""
        return self.edit(
            "custody: validator}",
            "custody: validator,\n  repeated_rows: {at_most: 0.99, rationale: So few columns do not tell people apart.}}",
        )

    def write(self, *, row_group: int = 1000) -> Path:
        """Write everything and return the specification's path."""
        (self.root / "dictionary.yaml").write_text(self.dictionary)
        pq.write_table(self.test, self.root / "test.parquet", row_group_size=row_group)
        pq.write_table(self.develop, self.root / "develop.parquet", row_group_size=row_group)
        path = self.root / "specification.yaml"
        path.write_text(self.text)
        return path


def in_process(workers: int) -> Executor:
    """What runs the tasks; without workers the test's own process."""
    return executor_of(workers) if workers else InProcess()


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """``workers=0``, which users are refused, reads and counts in the test's own process: no interpreter is started."""
    monkeypatch.setattr(open_engine, "executor_of", in_process)


@pytest.fixture(scope="module", autouse=True)
def children(request: pytest.FixtureRequest) -> Iterator[None]:
    """Those that run nobody's code are near (``tests/near.py``), but where ``pytest.mark.far`` says that they matter."""
    with near_unless_far(request):
        yield


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.fixture(scope="session")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Search]:
    """A folder in which a fairer model was searched for, and what was found: tests read it, and change a copy.

    It is made before the children of a module are near, so that it says itself that its own are.
    """
    from tests.app.unequal import METHODS, Unequal

    from assay.app.mitigating.mitigate import Wish, mitigate

    path = Unequal(tmp_path_factory.mktemp("unequal")).write()
    wish = Wish(methods=METHODS, margin=0.1, seed=5)
    with near_children(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        return path, mitigate(path, wish=wish, workers=0)


@pytest.fixture(scope="session")
def made() -> dict[Callable[[Folder], Team], tuple[Team, Path]]:
    """The folders that were made for ``after``, each with the state of its user."""
    return {}


@pytest.fixture
def after(
    made: dict[Callable[[Folder], Team], tuple[Team, Path]],
    tmp_path: Path,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    in_this_process: None,
) -> Callable[[Callable[[Folder], Team]], Team]:
    """A copy of the folder in which something has happened, and of what its user keeps: it happens once for all tests."""

    def begun(past: Callable[[Folder], Team]) -> Team:
        if past not in made:
            state = tmp_path_factory.mktemp("state")
            monkeypatch.setenv("XDG_STATE_HOME", str(state))
            made[past] = past(Folder(tmp_path_factory.mktemp(past.__name__))), state
        team, state = made[past]
        own = tmp_path_factory.mktemp("own")
        shutil.copytree(state, own, dirs_exist_ok=True)
        monkeypatch.setenv("XDG_STATE_HOME", str(own))
        return team.moved(tmp_path)

    return begun


@pytest.fixture
def team(request: pytest.FixtureRequest, after: Callable[[Callable[[Folder], Team]], Team]) -> Team:
    """A folder with a policy; ``@pytest.mark.begins`` says what has happened in it, else nothing."""
    from tests.app.team import PASTS, Team

    marked = request.node.get_closest_marker("begins")
    return after(PASTS[marked.args[0]]) if marked else Team(request.getfixturevalue("folder"))
