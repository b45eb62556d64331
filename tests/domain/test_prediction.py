"""What a prediction must say, by its task, and what a model must then answer."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from assay.domain.answers import BINARY, Answers
from assay.domain.errors import Crash
from assay.domain.specification import Prediction
from assay.domain.vocabulary import Task
from assay.sandbox.scores import checked_scores

SAID: dict[str, dict[str, Any]] = {
    "binary": {"favourable": 0, "decide_at": Decimal("0.5")},
    "regression": {"range": [Decimal(0), Decimal(400)]},
    "multiclass": {"classes": ["setosa", "versicolor", 3]},
}


def prediction(task: str, **fields: Any) -> Prediction:
    return Prediction.model_validate({"task": task, "label": "y", "score": "what it means", **fields})


@pytest.mark.parametrize("task", SAID)
def test_a_task_needs_its_own_fields_and_no_others(task: str) -> None:
    assert prediction(task, **SAID[task]).task is Task(task)
    for other, fields in SAID.items():
        for name, value in fields.items():
            said = dict(SAID[task])
            if other == task:
                del said[name]
            else:
                said[name] = value
            with pytest.raises(ValidationError) as found:
                prediction(task, **said)
            (error,) = found.value.errors()
            assert error["loc"] == (name,)
            assert error["type"] == ("lacking_for_task" if other == task else "foreign_to_task")


@pytest.mark.parametrize(
    ("task", "fields", "error"),
    [
        ("regression", {"range": [Decimal(5), Decimal(5)]}, "range_expected"),
        ("multiclass", {"classes": ["a"]}, "too_short"),
        ("multiclass", {"classes": ["1", 1]}, "class_twice"),
    ],
)
def test_a_range_goes_upwards_and_classes_differ(task: str, fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ValidationError) as found:
        prediction(task, **fields)
    assert [e["type"] for e in found.value.errors()] == [error]


@pytest.mark.parametrize(
    "answers",
    [
        BINARY,
        Answers(Task.REGRESSION, -0.1, 1e6),
        Answers(Task.MULTICLASS, classes=("setosa", "regression", "3")),
    ],
)
def test_a_certificate_tells_them_in_words_that_read_back(answers: Answers) -> None:
    assert Answers.of_words(answers.words) == answers


@pytest.mark.parametrize(
    "words", [("regression", "1"), ("multiclass", "one"), ("binary",), ("other", "1", "2")]
)
def test_other_words_are_no_answers(words: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"answers|valid Task"):
        Answers.of_words(words)


def test_only_a_binary_task_decides() -> None:
    regression = prediction("regression", **SAID["regression"])
    assert regression.cut != regression.cut
    with pytest.raises(ValueError, match="no favourable decision"):
        _ = regression.good
    assert prediction("binary", **SAID["binary"]).answers == BINARY


@pytest.mark.parametrize("answers", [Answers(Task.REGRESSION, 0, 9), BINARY])
def test_a_number_outside_of_the_range_is_remedied_in_the_text_as_well(answers: Answers) -> None:
    """The wrong one of the two may be the declared range."""
    with pytest.raises(Crash) as told:
        checked_scores(np.array([10.0]), 1, answers)
    assert ("prediction.range" in told.value.remedy) == (answers.task is Task.REGRESSION)
