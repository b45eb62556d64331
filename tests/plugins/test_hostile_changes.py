"""Perturbations that attack whoever asks them: each is an error, and the rest of the run is judged."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from tests.app.conftest import Folder, in_process
from tests.plugins.conftest import CRITERION, Asking, fenced, installing
from tests.plugins.packages import changing, install

import assay
from assay.app.judging import open_engine
from assay.domain.assessment import Judged
from assay.domain.vocabulary import Reason, Verdict
from assay.plugins import host

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
    "opens a socket": ("import socket; socket.socket()", Reason.CHECK_STOPPED, "network"),
    "spins": ("while True: pass", Reason.CHECK_TIMED_OUT, "0.5 seconds"),
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


NAMES = {how: f"hostile{number}" for number, how in enumerate(CHANGES)}


def rehearsed(folder: Folder) -> dict[str, Judged]:
    path = folder.edit(
        "{model: score, format: predictions}", "{model: 'm:f', format: callable, inputs: [age, income]}"
    ).write()

    def model(batch: object) -> object:
        return np.clip(batch["income"].to_numpy() / 10_000.0, 0.0, 1.0)  # type: ignore[index]

    done = assay.certify(path, workers=0, rehearse=True, model=model)
    return {one.assessment.criterion: one for one in done.record.judged}


SLOW, QUICK = ("spins",), tuple(how for how in CHANGES if how != "spins")


def asked(folder: Path, which: Sequence[str], allowed: float) -> dict[str, Judged]:
    """The verdicts of a run that asks these, which one package brings; after one that breaks its child the next has a new one."""
    case = Folder(folder)
    with installing(folder) as site, pytest.MonkeyPatch.context() as patched:
        patched.setattr(open_engine, "executor_of", in_process)
        patched.setattr(host, "ALLOWED", allowed)
        install(
            site, "import numpy as np\n" + "\n".join(changing(CHANGES[how][0], NAMES[how]) for how in which)
        )
        for how in which:
            criterion = CRITERION.replace("METRIC", f"robustness.{NAMES[how]}").replace(
                "id: other", f"id: {NAMES[how]}"
            )
            case.edit("  - {id: complete,", criterion.replace("THRESHOLD", "at_most: 0.5"))
            case.edit("criteria: [accuracy,", f"criteria: [accuracy, {NAMES[how]},")
        return rehearsed(case)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Judged]]:
    """The verdicts of the run that asked each of them."""
    quick = asked(tmp_path_factory.mktemp("quick"), QUICK, host.ALLOWED)
    slow = asked(tmp_path_factory.mktemp("slow"), SLOW, 0.5)
    return {**dict.fromkeys(QUICK, quick), **dict.fromkeys(SLOW, slow)}


@fenced
@pytest.mark.parametrize("how", CHANGES)
def test_a_hostile_perturbation_is_an_error_and_the_rest_is_judged(
    hostile: dict[str, dict[str, Judged]], how: str
) -> None:
    _, reason, said = CHANGES[how]
    judged = hostile[how]
    found = judged[NAMES[how]]
    assert (found.verdict, found.reason) == (Verdict.ERROR, reason), found.sentence
    assert said in found.sentence
    assert "secret" not in found.sentence
    assert judged["complete"].verdict is Verdict.PASS
    assert judged["accuracy"].verdict is not Verdict.ERROR


def test_an_honest_perturbation_changes_the_rows_that_the_model_is_asked(asking: Asking) -> None:
    body = "columns['income'] = columns['income'] * 1000\nreturn columns"
    found = rehearsed(asking(changing(body), "robustness.other", "at_most: 0.5"))
    assert found["other"].verdict is not Verdict.ERROR, found["other"].sentence
    assert found["other"].assessment.pieces[0].estimate != 0
