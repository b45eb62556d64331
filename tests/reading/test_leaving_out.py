"""What is left out of a specification's text, held against another YAML reader's view of the same text."""

import pytest
import yaml

from assay.reading.leaving_out import without_criteria

FLOW = (
    "a: 1\nfailure_modes: [{id: m, criteria: [x, y, z]}, {id: n, criteria: [y]}, {id: o, criteria: [x, z]}]\n"
    "criteria: [{id: x, with: {k: 1}}, {id: y}, {id: z}]\nb: 2\n"
)
BLOCK = (
    "criteria:\n  - {id: x,\n     k: 1}\n\n  # of y\n  - id: y\n    says: a - b # c\n\n# of z\n  - id: z\n    k: >\n      d\n      e\nb: 2\n"
    'failure_modes:\n- id: m\n  criteria:\n  - x # why\n  - "y"\n\n  # of z\n  - z\n  harm: h\n- id: n\n  criteria: [y]\n\n# of o\n'
    "- criteria:\n    - x\n    - z\n  id: o\nc: 3\n"
)


@pytest.mark.parametrize("text", [FLOW, BLOCK])
@pytest.mark.parametrize("left", ["x", "y", "z", "xy", "yz", "xz", ""])
def test_the_criteria_named_are_gone_everywhere_and_all_the_rest_is_as_it_was(text, left):
    before, after = yaml.safe_load(text), yaml.safe_load(without_criteria(text, left))
    before["criteria"] = [c for c in before["criteria"] if c["id"] not in left]
    modes = [
        m | {"criteria": [name for name in m["criteria"] if name not in left]}
        for m in before["failure_modes"]
    ]
    before["failure_modes"] = [m for m in modes if m["criteria"]]
    assert after == before


def test_comments_between_criteria_stay():
    gone = BLOCK.replace("  - id: y\n    says: a - b # c\n", "").replace('  - "y"\n', "")
    assert without_criteria(BLOCK, "y") == gone.replace("- id: n\n  criteria: [y]\n", "")
