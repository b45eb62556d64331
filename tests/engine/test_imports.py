"""A worker counts for a moment only: what it imports, it waits for."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

UNNEEDED = (
    "assay.domain.specification.criteria",
    "assay.domain.specification.specification",
    "assay.stats.calibration",
    "assay.stats.paired",
)
"""What reads specifications, or assesses other counts than rates."""
ASSESS_A_RATE = """
import sys
from decimal import Decimal
import pyarrow as pa
from assay.domain.assessment import Asked
from assay.domain.evidence import Rate, Rates, Statistic
from assay.domain.needs import Part
from assay.domain.specification import Attribute
from assay.domain.vocabulary import Comparator
from assay.engine.frame import Frame
from assay.engine.scan import scan
from assay.plan.passes import Pass
from assay.stats.assess import assess

sex = Attribute(column="sex", groups={"f": 0, "m": 1})
frame = Frame(inputs=(), label="y", attributes=(("sex", sex),), decide_at=0.5, score_column="score")
batch = pa.record_batch({"sex": [0, 1, 1, 0], "y": [0, 1, 1, 0], "score": [0.1, 0.9, 0.2, 0.7]})
counted = scan(frame, Pass("test", frozenset({Part.OUTCOMES})), [batch], first_row=0, ask=None)
group = counted.outcomes.view(("sex",), favourable=1).groups[1]
rates = Rates((Rate(group.label, group.decided(1), group.n),))
found = assess(Statistic("m", "", "test", rates), Asked("c", Comparator.AT_LEAST, Decimal("0.4"), alpha=0.05))
print(found.estimate.value, *sys.modules, sep="\\n")
"""


def test_counting_and_assessing_a_rate_imports_nothing_that_it_does_not_use() -> None:
    done = subprocess.run([sys.executable, "-c", ASSESS_A_RATE], capture_output=True, text=True, check=True)
    estimate, *imported = done.stdout.split("\n")
    assert float(estimate) == 0.5
    assert "assay.stats.pieces.rates" in imported
    assert set(UNNEEDED) & set(imported) == set()


ASK_A_MODEL = """
import sys
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from assay.engine.asking import Asker
from assay.subject.arrays import as_arrow, as_numpy, as_words, with_columns
from assay.subject.files.describe import describe
from assay.subject.models.inputs import matrix

x = np.array([0.25, np.nan, 0.5, 0.75])
whole = as_arrow(np.arange(4), np.array([False, False, True, False]))
batch = pa.RecordBatch.from_arrays([as_arrow(x), whole, as_arrow(x > 0.3)], names=["x", "whole", "high"])
pq.write_table(pa.Table.from_batches([batch]), sys.argv[1])
assert [one["missing"] for one in describe([sys.argv[1]])] == [1, 1, 0]
changed = with_columns(batch, {"x": x / 2, "whole": np.array([1.0, np.nan, 3.0, 4.0])})
for name in batch.schema.names:
    as_numpy(changed[name]), as_words(changed[name])
asked = Asker(lambda rows: lambda: np.nan_to_num(matrix(rows, ["x", "whole"])[:, 0]), seed="1", decide_at=0.5)
print(asked.scores(changed.filter(as_arrow(np.array([True, True, False, True]))), 0).tolist(), *sys.modules, sep="\\n")
"""


def test_asking_a_model_imports_no_pandas_though_it_is_there(tmp_path: Path) -> None:
    """Arrow imports it where anybody makes an array of numpy's, or one of it: in each child and each worker."""
    asked = [sys.executable, "-c", ASK_A_MODEL, tmp_path / "rows.parquet"]
    done = subprocess.run(asked, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answer, *imported = done.stdout.split("\n")
    assert answer == "[0.125, 0.0, 0.375]"
    assert "pyarrow" in imported
    assert "pandas" not in imported
