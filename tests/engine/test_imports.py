"""A worker counts for a moment only: what it imports, it waits for."""

from __future__ import annotations

import subprocess
import sys

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
