"""Group tables under differential privacy: what is released, once, and how far from the truth."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import chisquare, dlaplace
from tests.app.conftest import Folder

import assay
from assay.app.organisation.private_tables import NotReleased, drawn_by_opendp, release_tables
from assay.cli.main import assay as program
from assay.domain.errors import MissingExtra
from assay.stats.released import Noise
from assay.store.blobs import CorruptBlob
from assay.store.log import Log
from assay.store.workspace import Workspace


def exact(counts: Sequence[int], _: float) -> list[int]:
    return list(counts)


def released(folder: Folder, target: Path, epsilon: str = "1", **given: object) -> dict[str, object]:
    return release_tables(folder.root, target, epsilon, **given).document  # type: ignore[arg-type]


@pytest.fixture
def judged(folder: Folder) -> assay.Record:
    return assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record


def test_without_noise_they_are_the_tables_of_the_record(
    folder: Folder, judged: assay.Record, tmp_path: Path
) -> None:
    made = released(folder, tmp_path / "tables.json", draw=exact)
    assert json.loads((tmp_path / "tables.json").read_text()) == made
    table = folder.test.to_pandas()
    decided = (table["score"] >= 0.5).astype(int)
    women = table["sex"] == 2
    (told,) = (g for g in made["groups"] if g["label"] == "women")  # type: ignore[attr-defined]
    assert told["counts"] == {
        f"label {a}, decided {b}": int((women & (table["bad"] == a) & (decided == b)).sum())
        for a in (0, 1)
        for b in (0, 1)
    }
    share = (1 - decided[women]).mean()
    assert told["favourable_share"]["at_least"] < share < told["favourable_share"]["at_most"]
    assert made["sensitivity"] == 2  # sex and age: one person is in a cell of each
    assert "run" not in made  # nothing blinds the digest of a run without a lock


def test_the_counts_lie_within_the_stated_error_as_often_as_stated(
    folder: Folder, judged: assay.Record, tmp_path: Path
) -> None:
    pytest.importorskip("opendp")
    true = released(folder, tmp_path / "a.json", draw=exact)
    kept = next((folder.root / ".assay" / "releases").glob("*.json"))
    inside = shares = total = groups = 0
    for _ in range(60):
        kept.unlink()
        made = released(folder, tmp_path / "b.json", "0.5")
        for mine, theirs in zip(made["groups"], true["groups"], strict=True):  # type: ignore[call-overload]
            gaps = [abs(mine["counts"][cell] - theirs["counts"][cell]) for cell in theirs["counts"]]
            inside, total = inside + sum(gap <= made["error"] for gap in gaps), total + 4
            cells = list(theirs["counts"].values())
            if sum(cells):
                share = (cells[0] + cells[2]) / sum(cells)
                shares += mine["favourable_share"]["at_least"] <= share <= mine["favourable_share"]["at_most"]
                groups += 1
    assert inside / total > 0.93
    assert shares / groups > 0.95


def test_the_noise_of_opendp_is_discrete_laplace() -> None:
    pytest.importorskip("opendp")
    drawn = np.array(drawn_by_opendp([0] * 20_000, 2.0))
    law, edges = dlaplace(0.5), np.arange(-8, 9)
    seen = [(drawn < edges[0]).sum(), *((drawn == k).sum() for k in edges), (drawn > edges[-1]).sum()]
    expected = [law.cdf(edges[0] - 1), *law.pmf(edges), law.sf(edges[-1])]
    assert chisquare(seen, np.array(expected) * len(drawn)).pvalue > 1e-6


def test_asked_again_they_are_the_same_and_another_epsilon_is_refused(
    folder: Folder, judged: assay.Record, tmp_path: Path
) -> None:
    """Noise that is drawn anew averages out."""
    pytest.importorskip("opendp")
    first = released(folder, tmp_path / "a.json")
    assert released(folder, tmp_path / "b.json") == first
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    with pytest.raises(NotReleased, match="epsilon of 1; 2 is asked for"):
        released(folder, tmp_path / "c.json", "2")
    assert not (tmp_path / "c.json").exists()


def test_another_run_with_the_same_counts_gets_the_same_noise(
    folder: Folder, judged: assay.Record, tmp_path: Path
) -> None:
    """One word of a rationale makes another run of the same rows."""
    rng = np.random.default_rng(0)

    def noisy(counts: Sequence[int], _: float) -> list[int]:
        return [int(n + rng.integers(-9, 10)) for n in counts]

    first = released(folder, tmp_path / "a.json", draw=noisy)
    folder.edit("the feed promises complete rows", "the feed promises whole rows")
    again = assay.certify(folder.write(), workers=0, certify_without_a_lock=True).record
    assert again.specification_digest != judged.specification_digest
    assert released(folder, tmp_path / "b.json", draw=noisy) == first
    with pytest.raises(NotReleased, match="same counts were released with an epsilon of 1; 3 is asked for"):
        released(folder, tmp_path / "c.json", "3", draw=noisy)
    assert first["spent"] == {"same_data_set": "1", "all_of_this_folder": "1"}
    folder.edit("decide_at: 0.5", "decide_at: 0.6")
    assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    other = released(folder, tmp_path / "d.json", "0.5", draw=noisy)
    assert other["spent"] == {"same_data_set": "1.5", "all_of_this_folder": "1.5"}
    assert "cost a person an epsilon of 1.5; all of this folder 1.5" in str(other["said"])
    folder.test = folder.test.slice(10)
    assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    fresh = released(folder, tmp_path / "e.json", "0.5", draw=noisy)
    assert fresh["spent"] == {"same_data_set": "0.5", "all_of_this_folder": "2"}


def test_the_command_says_what_it_costs(folder: Folder, judged: assay.Record, tmp_path: Path) -> None:
    pytest.importorskip("opendp")
    asked = ["export", "tables", str(tmp_path / "t.json"), "--in", str(folder.root), "--epsilon"]
    said = CliRunner().invoke(program, [*asked, "1.0"])
    assert said.exit_code == 0, said.output
    assert "5 groups with an epsilon of 1, in" in said.output
    assert "No log holds this: nothing binds whoever deletes what the folder keeps" in said.output
    told = json.loads((tmp_path / "t.json").read_text())
    assert told["log"] is None
    assert "No log holds these sums" in told["said"]
    assert f"95 of 100 counts lie within {Noise(1.0, 2).within(0.95)} of the true ones" in said.output
    for wrong in ("0", "-1", "nan", "much", "1e9", "0.0000000001"):
        refused = CliRunner().invoke(program, [*asked, wrong])
        assert refused.exit_code == 2
        assert "a number above 0 is expected" in refused.output


def test_without_the_extra_the_error_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opendp", None)
    monkeypatch.setitem(sys.modules, "opendp.prelude", None)
    with pytest.raises(MissingExtra, match="opendp") as wrong:
        drawn_by_opendp([1], 1.0)
    assert wrong.value.remedy == "Install it with: pip install 'assay-ml[privacy]'"


def test_a_run_without_groups_has_no_tables(folder: Folder, tmp_path: Path) -> None:
    folder.test = folder.test.drop_columns(["score"]).append_column("score", [[2.0] * folder.test.num_rows])
    assay.certify(folder.write(), workers=0, certify_without_a_lock=True)
    with pytest.raises(NotReleased, match="no groups with numbers"):
        released(folder, tmp_path / "a.json", draw=exact)


def test_what_a_file_remembers_must_be_a_release(
    folder: Folder, judged: assay.Record, tmp_path: Path
) -> None:
    released(folder, tmp_path / "a.json", draw=exact)
    (kept,) = (folder.root / ".assay" / "releases").glob("*.json")
    for spoilt in ("", "[]", '{"rows": "a", "tables": "b", "document": {"epsilon": "much"}}'):
        kept.write_text(spoilt)
        with pytest.raises(CorruptBlob, match="holds no release"):
            released(folder, tmp_path / "b.json", draw=exact)


def test_a_log_that_nobody_began_holds_no_release(
    folder: Folder, judged: assay.Record, tmp_path: Path
) -> None:
    with Log.open(Workspace.of(folder.root).database):
        pass
    assert released(folder, tmp_path / "a.json", draw=exact)["log"] is None
