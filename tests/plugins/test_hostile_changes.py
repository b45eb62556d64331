"""Perturbations that attack whoever asks them: each is an error, and the rest of the run is judged.

What a child is stopped for, and that it is stopped when it spins, is tested of counts (``test_hostile_counts.py``), of the same children.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.app.conftest import Folder, in_process
from tests.near import near_children
from tests.plugins.conftest import CRITERION, fenced, installing
from tests.plugins.packages import changing, install

import assay
from assay.app.judging import open_engine
from assay.domain.assessment import Judged
from assay.domain.vocabulary import Reason, Verdict

CHANGES = {
    "sends fewer rows": ("return {n: v[:-1] for n, v in columns.items()}", Reason.CHECK_CRASHED, ""),
    "sends texts for numbers": (
        "return {'income': np.array(['a'] * len(context.rows), dtype=object)}",
        Reason.CHECK_OUTPUT_INVALID,
        "numbers were expected",
    ),
    "sends a column that it was not sent": (
        "return {'bad': np.zeros(len(context.rows))}",
        Reason.CHECK_OUTPUT_INVALID,
        "a column that it was not sent",
    ),
    "sends other rows": (
        "context.rows[:] = context.rows[::-1].copy(); return columns",
        Reason.CHECK_OUTPUT_INVALID,
        "in another order",
    ),
    "sends nothing": ("return None", Reason.CHECK_CRASHED, "AttributeError"),
    "leaves": ("import os; os._exit(0)", Reason.CHECK_CRASHED, "exit code 0"),
    "says a row in an error of Assay's": (
        "context._some((), f'secret {columns[\"income\"][0]}')",
        Reason.NOTHING_TO_CHANGE,
        "found no input that it can change",
    ),
    "says a row in an error": (
        "raise ValueError(f'secret {columns[\"income\"][0]}')",
        Reason.CHECK_CRASHED,
        "",
    ),
}


HONEST = "columns['income'] = columns['income'] * 1000\nreturn columns"
NAMES = {how: f"hostile{number}" for number, how in enumerate(CHANGES)}


def model(batch: object) -> object:
    return np.clip(batch["income"].to_numpy() / 10_000.0, 0.0, 1.0)  # type: ignore[index]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Judged]:
    """The verdicts of a run that asks all of them, which one package brings; after one that breaks its child the next has a new one."""
    asked = {NAMES[how]: change for how, (change, _, _) in CHANGES.items()} | {"honest": HONEST}
    case = Folder(tmp_path_factory.mktemp("asked"))
    case.edit(
        "{model: score, format: predictions}", "{model: 'm:f', format: callable, inputs: [age, income]}"
    )
    for name in asked:
        criterion = CRITERION.replace("METRIC", f"robustness.{name}").replace("id: other", f"id: {name}")
        case.edit("  - {id: complete,", criterion.replace("THRESHOLD", "at_most: 0.5"))
        case.edit("criteria: [accuracy,", f"criteria: [accuracy, {name},")
    with near_children(), installing(case.root) as site, pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        install(
            site,
            "import numpy as np\n" + "\n".join(changing(change, name) for name, change in asked.items()),
        )
        done = assay.certify(case.write(), workers=0, rehearse=True, model=model)
    return {one.assessment.criterion: one for one in done.record.judged}


@fenced
@pytest.mark.parametrize("how", CHANGES)
def test_a_hostile_perturbation_is_an_error_and_the_rest_is_judged(
    judged: dict[str, Judged], how: str
) -> None:
    _, reason, said = CHANGES[how]
    found = judged[NAMES[how]]
    assert (found.verdict, found.reason) == (Verdict.ERROR, reason), found.sentence
    assert said in found.sentence
    assert "secret" not in found.sentence
    assert judged["complete"].verdict is Verdict.PASS
    assert judged["accuracy"].verdict is not Verdict.ERROR


@fenced
def test_an_honest_perturbation_changes_the_rows_that_the_model_is_asked(judged: dict[str, Judged]) -> None:
    assert judged["honest"].verdict is not Verdict.ERROR, judged["honest"].sentence
    assert judged["honest"].assessment.pieces[0].estimate != 0
