"""What is left out of a specification's text, held against another YAML reader's view of the same text."""

import pytest
import yaml

from assay.reading.leaving_out import without_criteria

FLOW = "a: 1\ncriteria: [{id: x, with: {k: 1}}, {id: y}, {id: z}]\nb: 2\n"
BLOCK = "criteria:\n  - {id: x,\n     k: 1}\n\n  # of y\n  - id: y\n    says: a - b # c\n\n# of z\n  - id: z\n    k: >\n      d\n      e\nb: 2\n"


@pytest.mark.parametrize("text", [FLOW, BLOCK])
@pytest.mark.parametrize("left", ["x", "y", "z", "xy", "yz", "xz", ""])
def test_the_criteria_named_are_gone_and_all_the_rest_is_as_it_was(text, left):
    before, after = yaml.safe_load(text), yaml.safe_load(without_criteria(text, left))
    before["criteria"] = [c for c in before["criteria"] if c["id"] not in left]
    assert after == before


def test_comments_between_criteria_stay():
    assert without_criteria(BLOCK, "y") == BLOCK.replace("  - id: y\n    says: a - b # c\n", "")
