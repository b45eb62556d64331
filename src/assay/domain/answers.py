"""What a model must answer for a row, by its task: the one place that every other part asks.

The adapters and the pipe carry numbers; what numbers they must be, what a label must be and how many labels are told apart in the
counts follows from here, so that nobody else asks which task it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from assay.domain.vocabulary import Task

NEAR_ONE = 1e-5
"""How far the probabilities of a row may add to something else than 1: what 32 bits lose over some dozens of classes."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a model answers.

    Attributes:
        task: what is predicted. low, high: between which every number lies; of a regression the declared range, for labels too.
        classes: their names in the declared order, as text; of a multiclass task alone.
    """

    task: Task = Task.BINARY
    low: float = 0.0
    high: float = 1.0
    classes: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """How many numbers are answered for a row."""
        return max(len(self.classes), 1)

    @property
    def width_of_range(self) -> float:
        """How far the largest number lies from the least: no prediction can be further off."""
        return self.high - self.low

    @property
    def label_names(self) -> tuple[str, ...]:
        """The labels that are told apart in counts, in the order of their codes; numbers are not, so that all rows of a regression are alike."""
        return {
            Task.BINARY: ("0", "1"),
            Task.REGRESSION: ("a number",),
            Task.MULTICLASS: self.classes,
        }[self.task]

    @property
    def labels(self) -> int:
        """How many labels are told apart in counts."""
        return len(self.label_names)

    @property
    def wanted(self) -> str:
        """What is needed for every row, for a sentence."""
        return {
            Task.BINARY: "a probability",
            Task.REGRESSION: f"a number between {self.low:.15g} and {self.high:.15g}",
            Task.MULTICLASS: f"{len(self.classes)} probabilities that add to 1, in the order of the declared classes",
        }[self.task]

    @property
    def told(self) -> str:
        """What was answered, for a sentence about many rows."""
        return {
            Task.BINARY: "scores between 0 and 1",
            Task.REGRESSION: f"numbers between {self.low:.15g} and {self.high:.15g}",
            Task.MULTICLASS: f"{len(self.classes)} probabilities each",
        }[self.task]

    @property
    def answer(self) -> str:
        """What one answer is called."""
        return "prediction" if self.task is Task.REGRESSION else "score"

    @property
    def correct(self) -> str:
        """Where the specification says what is wanted, for a remedy: what is wrong may be the text."""
        return " Or correct 'prediction.range'." if self.task is Task.REGRESSION else ""

    @property
    def label_wanted(self) -> str:
        """What a label must be, for a sentence that goes on from "a label that is"."""
        return {
            Task.BINARY: "neither 0 nor 1",
            Task.REGRESSION: f"no number between {self.low:.15g} and {self.high:.15g}",
            Task.MULTICLASS: "none of the declared classes",
        }[self.task]

    @property
    def label_written(self) -> str:
        """What a label is to be written as, for a remedy that goes on from "write the label as"."""
        return {
            Task.BINARY: "the numbers 0 and 1",
            Task.REGRESSION: "a number within prediction.range, or widen the range",
            Task.MULTICLASS: "one of prediction.classes, or add the class",
        }[self.task]

    @property
    def words(self) -> tuple[str, ...]:
        """The same in a few words for a certificate; none of a binary task."""
        if self.task is Task.BINARY:
            return ()
        said = self.classes or (repr(self.low), repr(self.high))
        return (self.task.value, *said)

    @classmethod
    def of_words(cls, words: tuple[str, ...]) -> Self:
        """The inverse of :attr:`words`.

        Raises:
            ValueError: when they are not such words.
        """
        if not words:
            return cls()
        task, rest = Task(words[0]), words[1:]
        if task is Task.MULTICLASS and len(rest) > 1:
            return cls(task, classes=rest)
        if task is Task.REGRESSION and len(rest) == 2:
            return cls(task, float(rest[0]), float(rest[1]))
        raise ValueError(f"no answers are told by {len(words)} words that begin with {words[0]!r}")


BINARY = Answers()
"""The probability of label 1."""
