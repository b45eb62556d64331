"""What is found of the data and the model that a specification starts from: their columns, and what each is guessed to be."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assay.app.starting.doubts import denied_inputs
from assay.app.starting.errors import CannotStart
from assay.app.starting.guess import (
    AttributeGuess,
    ColumnGuess,
    LabelGuess,
    guess_column,
    guess_label,
    guess_protected,
    guess_task,
    guess_unit,
)
from assay.app.starting.roles import Roles, find_roles
from assay.domain.dictionary import is_index_of_pandas
from assay.domain.model_formats import PREDICTIONS, SUFFIXES
from assay.domain.nearest import listed, nearest
from assay.domain.template import LABEL, Template
from assay.domain.vocabulary import Task

if TYPE_CHECKING:
    from assay.subject.describe import ColumnFacts


@dataclass(frozen=True, slots=True)
class Found:
    """The columns of the development rows, the model, and which column is guessed to be what.

    ``facts`` and ``columns`` are of the same columns: what their values are, and what is guessed of them; ``left_out`` are
    those that pandas writes for its index.
    ``model`` is its file as the specification names it, or the column of its scores; ``known`` what its file says that it was
    fitted on. ``inputs`` are those, or the columns that are proposed; ``denied`` are those of ``known`` that the template's
    charter says are no inputs. ``roles`` are the columns that a template asks for.
    """

    facts: tuple[ColumnFacts, ...]
    columns: tuple[ColumnGuess, ...]
    left_out: tuple[str, ...]
    model: str
    form: str
    known: tuple[str, ...]
    inputs: tuple[str, ...]
    denied: tuple[str, ...]
    label: LabelGuess
    task: Task
    unit: str | None
    time: str | None
    protected: tuple[AttributeGuess, ...]
    roles: Roles | None

    @property
    def scores(self) -> str | None:
        """The column of scores that were made elsewhere, if there is no model at hand."""
        return self.model if self.form == PREDICTIONS else None

    def of(self, column: str | None) -> ColumnFacts | None:
        """What the values of a column are; None where there is no such column."""
        return _of(self.facts, column)

    @property
    def span(self) -> tuple[str, str]:
        """The least and the largest value of the label that was seen."""
        column = next((column for column in self.columns if column.name == self.label.name), None)
        return (column.low or "0", column.high or "1") if column is not None else ("0", "1")


def find(
    profiled: Sequence[ColumnFacts],
    model: str,
    *,
    feature_names: Callable[[Path, str], Sequence[str]],
    folder: Path,
    label: str | None,
    template: Template | None,
    roles: Mapping[str, str],
) -> Found:
    """What is found of columns and of a model.

    Args:
        profiled: what the values of each column are.
        model: a model file, or one of the columns.
        feature_names: the columns that a model file of a format says it was fitted on, if it does.
        folder: where the specification will stand; the model is named from there.
        label: the column with the truth, where somebody has named it.
        template: what the domain asks for. roles: the columns that somebody has named for a role of it.

    Raises:
        CannotStart: when there is no such model, its format cannot be told, or the column of a role does not exist.
    """
    facts = tuple(column for column in profiled if not is_index_of_pandas(column.name))
    columns = tuple(guess_column(column) for column in facts)
    names = [column.name for column in columns]
    named, form = _model(model, names, folder)
    known = _in_the_words_of(names, feature_names(Path(model), form)) if form != PREDICTIONS else ()
    asked = _asked(template, facts, columns, {model, *known}, {**roles, **({LABEL: label} if label else {})})
    told = label or (asked.label if asked else None)
    guessed = LabelGuess(told, named=True) if told else guess_label(facts, {model, *known})
    no_inputs = {guessed.name, model, *guessed.words}
    protected = asked.protected if asked else guess_protected(columns, guessed.name)
    inputs = known or tuple(c.name for c in columns if c.type != "identifier" and c.name not in no_inputs)
    tradeoffs = str(template.charter.get("tradeoffs", "")) if template else ""
    denied = denied_inputs(tradeoffs, inputs, [attribute.column for attribute in protected])
    return Found(
        facts=facts,
        columns=columns,
        left_out=tuple(column.name for column in profiled if is_index_of_pandas(column.name)),
        model=named,
        form=form,
        known=known,
        inputs=known or tuple(name for name in inputs if name not in denied),
        denied=denied if known else (),
        label=guessed,
        task=Task.BINARY if template else guess_task(_of(facts, guessed.name)),
        unit=(asked.unit if asked else None) or guess_unit(columns),
        time=asked.time if asked else None,
        protected=protected,
        roles=asked,
    )


def relative(path: Path, folder: Path) -> str:
    """A path as a text in a folder names it."""
    return Path(os.path.relpath(path, folder)).as_posix()


def _of(facts: Sequence[ColumnFacts], name: str | None) -> ColumnFacts | None:
    return next((column for column in facts if column.name == name), None)


def _in_the_words_of(names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """The model's columns as the data writes them: LightGBM writes blanks as underscores."""
    written = {name.replace(" ", "_"): name for name in names}
    return tuple(name if name in names else written.get(name, name) for name in known)


def _model(model: str, names: Sequence[str], folder: Path) -> tuple[str, str]:
    """The model as the specification names it, and its format."""
    if model in names:
        return model, PREDICTIONS
    place = Path(model)
    form = SUFFIXES.get(place.suffix.casefold())
    beside = [p.name for p in place.parent.iterdir() if p.suffix in SUFFIXES] if place.parent.is_dir() else []
    near = "" if place.exists() else nearest(place.name, [*beside, *names])
    meant = f" Did you mean {near!r}?" if near else ""
    if form is None:
        raise CannotStart(
            f"A model file that ends in {', '.join(SUFFIXES)}, or a column of scores, is expected; found {model!r}.{meant}",
            code="unknown_model_format",
            remedy=f"Save the model in one of these formats, or name one of the columns {listed(names)}.",
        )
    if not place.exists():
        raise CannotStart(
            f"There is no model file {place.absolute()}, and no column of that name.{meant}",
            code="model_not_found",
            remedy="Name the file that the model was saved to.",
        )
    return relative(place, folder), form


def _asked(
    template: Template | None,
    facts: Sequence[ColumnFacts],
    columns: Sequence[ColumnGuess],
    no_label: Collection[str],
    given: Mapping[str, str],
) -> Roles | None:
    if template is None:
        return None
    binary = {fact.name for fact in facts if set(fact.codes or ()) == {0, 1}} - set(no_label)
    return find_roles(template, columns, binary, given)
