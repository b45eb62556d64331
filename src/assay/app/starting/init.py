"""Start a specification: a commented text with the real columns, in which judgement is left to people."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.app.starting.choose import choose
from assay.app.starting.copying import with_judgement_of
from assay.app.starting.doubts import (
    attributes_without_groups,
    denied_inputs,
    inputs_denied,
    inputs_elsewhere,
    weak_label,
    wrong_labels,
    wrong_scores,
)
from assay.app.starting.errors import (
    CannotStart,
    refuse_absent,
    refuse_deeper,
    refuse_two_judgements,
    refuse_unknown_label,
)
from assay.app.starting.guess import (
    ColumnGuess,
    LabelGuess,
    guess_column,
    guess_favourable,
    guess_label,
    guess_protected,
    guess_task,
    guess_unit,
    without_groups,
)
from assay.app.starting.judgement import begin
from assay.app.starting.roles import Roles, find_roles, lacking_attributes
from assay.app.starting.scaffold import DICTIONARY, SCHEMA, SPECIFICATION, Scaffold, rendered, write_scaffold
from assay.domain.dictionary import is_index_of_pandas
from assay.domain.metric import Catalogue
from assay.domain.model_formats import PREDICTIONS, SUFFIXES
from assay.domain.nearest import listed, nearest
from assay.domain.specification.base import LONGEST_NAME
from assay.domain.specification.schema import json_schema
from assay.domain.template import LABEL, TIME, UNIT, Template
from assay.domain.vocabulary import Task
from assay.plugins.catalogue import metrics
from assay.reading.kinds import refuse_another_kind
from assay.reading.located import Located, locate
from assay.reading.source import read_source

if TYPE_CHECKING:
    from assay.subject.describe import ColumnFacts


@dataclass(frozen=True, slots=True)
class Started:
    """What was written, what is wrong with the data or the model, and the files whose rows were looked at."""

    written: tuple[Path, ...]
    warnings: tuple[str, ...]
    read: tuple[Path, ...]


def initialise(
    data: Path,
    model: str,
    *,
    profile: Callable[[Path], Sequence[ColumnFacts]],
    feature_names: Callable[[Path, str], Sequence[str]],
    catalogue: Catalogue,
    folder: Path = Path(),
    label: str | None = None,
    copy_from: Path | None = None,
    template: Template | None = None,
    roles: Mapping[str, str] | None = None,
) -> Scaffold:
    """A specification and a dictionary, as texts, for a model and the columns of its development rows.

    Args:
        data: development or training rows; the test rows need not be opened.
        model: a model file, or a column of ``data`` that holds scores made elsewhere.
        profile: describes the columns of a data set.
        feature_names: the columns that a model file of a format says it was fitted on, if it does.
        catalogue: every metric that can be measured.
        folder: where the texts will stand; their paths are relative to it.
        label: the column with the truth; guessed when it is not given.
        copy_from: another specification whose judgement is taken over, words and comments included.
        template: what the domain asks for. roles: the columns that have a role of it: label, unit, time, a protected attribute.

    Raises:
        CannotStart: when there are no such data or model, the label or the column of a role does not exist, or the model's
            format cannot be told.
        InvalidDocument: when ``copy_from`` cannot be read, or is another document.
    """
    refuse_absent(data)
    found = profile(data)
    facts = [column for column in found if not is_index_of_pandas(column.name)]
    columns = [guess_column(column) for column in facts]
    names = [column.name for column in columns]
    other = _judgement_in(copy_from) if copy_from else None
    refuse_unknown_label(label, names)
    shown_model, form = _model(model, names, folder)
    known = _in_the_words_of(names, feature_names(Path(model), form)) if form != PREDICTIONS else []
    told = label or _label_of(other, names)
    asked = _asked(
        template, facts, columns, {model, *known}, {**(roles or {}), **({LABEL: told} if told else {})}
    )
    told = told or (asked.label if asked else None)
    guessed = LabelGuess(told, named=True) if told else guess_label(facts, {model, *known})
    chosen = guessed.name
    no_inputs = {chosen, model, *guessed.words}
    protected = asked.protected if asked else guess_protected(columns, chosen)
    truth = next((column for column in facts if column.name == chosen), None)
    task = Task.BINARY if template else guess_task(truth)
    unit, time = (asked.unit if asked else None) or guess_unit(columns), asked.time if asked else None
    judgement = begin(
        _in_quarters(template, next((c for c in facts if c.name == time), None)),
        protected,
        catalogue,
        roles=[role for role, column in ((UNIT, unit), (TIME, time)) if column],
        model_at_hand=form != PREDICTIONS,
        codes=any(column.codes for column in columns),
        task=task,
    )
    inputs = known or [c.name for c in columns if c.type != "identifier" and c.name not in no_inputs]
    tradeoffs = str(template.charter.get("tradeoffs", "")) if template else ""
    denied = denied_inputs(tradeoffs, inputs, [attribute.column for attribute in protected])
    text = rendered(
        f"{SPECIFICATION}.j2",
        name=template.name if template else _identifier(model),
        model=shown_model,
        format=form,
        inputs=known or [name for name in inputs if name not in denied],
        inputs_known=bool(known),
        label=chosen,
        label_given=label is not None,
        perhaps_label=guessed.words,
        task=task,
        range=_span(columns, chosen),
        classes=truth.codes if truth is not None and truth.codes is not None else (),
        prediction=_prediction_of(other, template, chosen),
        files=_files(data, folder),
        unit=unit,
        time=time,
        protected=protected,
        judgement=judgement,
    )
    if other is not None:
        text = with_judgement_of(other, text)
    dictionary = rendered(
        f"{DICTIONARY}.j2",
        data=data.name,
        rows=f"{facts[0].rows if facts else 0:,}",
        columns=columns,
        left_out=[column.name for column in found if is_index_of_pandas(column.name)],
    )
    schema = json.dumps(json_schema(catalogue), indent=2, ensure_ascii=False) + "\n"
    scores = model if form == PREDICTIONS else None
    warnings = (
        *weak_label(guessed),
        *attributes_without_groups(without_groups(columns, chosen, protected)),
        *(wrong_labels(facts, chosen) if task is Task.BINARY else ()),
        *(wrong_scores(facts, scores) if task is Task.BINARY else ()),
        *inputs_elsewhere(known, names, data),
        *inputs_denied([name for name in known if name in denied]),
        *(lacking_attributes(template, asked) if template and asked else ()),
        *judgement.warnings,
    )
    return Scaffold({SPECIFICATION: text, DICTIONARY: dictionary, SCHEMA: schema}, warnings)


def start(
    data: Path,
    model: str,
    folder: Path,
    *,
    label: str | None = None,
    copy_from: Path | None = None,
    template: str | None = None,
    roles: Mapping[str, str] | None = None,
) -> Started:
    """Write a specification and a dictionary into a folder; data and model are read in a child process.

    Args:
        template: the name of one that comes with Assay, or a file of one's own. The others are as for :func:`initialise`.

    Raises:
        CannotStart: as :func:`initialise` and :func:`write_scaffold` do, or ``data`` is a folder with rows in folders below it.
    """
    from assay.subject.datasets import files_of
    from assay.subject.describe import describe_in_child, feature_names_in_child

    read: list[Path] = []

    def profile(place: Path) -> Sequence[ColumnFacts]:
        read.extend(refuse_deeper(place, files_of(place)))
        return describe_in_child(place)

    refuse_two_judgements(copy_from, template, roles)
    chosen = choose(template) if template else None
    scaffold = initialise(
        data,
        model,
        profile=profile,
        feature_names=feature_names_in_child,
        catalogue=metrics(),
        folder=folder,
        label=label,
        copy_from=copy_from,
        template=chosen,
        roles=roles,
    )
    return Started(write_scaffold(scaffold, folder), scaffold.warnings, tuple(read))


def _in_the_words_of(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """The model's columns as the data writes them: LightGBM writes blanks as underscores."""
    written = {name.replace(" ", "_"): name for name in names}
    return [name if name in names else written.get(name, name) for name in known]


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
    return _relative(place, folder), form


def _files(data: Path, folder: Path) -> list[tuple[str, str]]:
    """The data sets: the one that was given under its role, and the others to be filled in."""
    given = next((role for role in ("train", "test") if re.match(role, data.name, re.IGNORECASE)), "develop")
    roles = ["test"] if given == "test" else ["test", given]
    return [(role, _relative(data, folder) if role == given else "") for role in roles]


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _identifier(model: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.\-]+", "-", Path(model).stem)[:LONGEST_NAME].strip("-._") or "model"


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


def _in_quarters(template: Template | None, time: ColumnFacts | None) -> Template | None:
    """The template with quarters for years where the dates span less than two years: one year is compared with none."""
    if template is None or time is None or time.minimum is None:
        return template
    if not (time.dates or time.type.startswith(("date", "timestamp"))):
        return template
    first, last = str(time.minimum), str(time.maximum)
    if (int(last[:4]) - 2, last[4:]) >= (int(first[:4]), first[4:]):
        return template
    criteria = tuple(
        c.model_copy(update={"parameters": {**c.parameters, "period": "quarter"}})
        if c.parameters.get("period") == "year"
        else c
        for c in template.criteria
    )
    return template.model_copy(update={"criteria": criteria})


def _judgement_in(copy_from: Path) -> Located:
    other = locate(read_source(copy_from))
    refuse_another_kind(other, "assay")
    return other


def _label_of(other: Located | None, names: Sequence[str]) -> str | None:
    written = _block(other, "prediction").get("label")
    return written if isinstance(written, str) and written in names else None


def _prediction_of(other: Located | None, template: Template | None, label: str | None) -> dict[str, Any]:
    if template is not None:
        predicted = template.prediction
        return {
            "favourable": predicted.favourable,
            "score": predicted.score,
            "decide_at": str(predicted.decide_at),
        }
    written = _block(other, "prediction")
    score = written.get("score")
    favourable, decide_at = written.get("favourable"), other and other.text(("prediction", "decide_at"))
    return {
        "favourable": favourable if favourable in {0, 1} else guess_favourable(label),
        "score": score if isinstance(score, str) else "",
        "decide_at": decide_at or "0.5",
    }


def _span(columns: Sequence[ColumnGuess], label: str | None) -> tuple[str, str]:
    """The least and the largest value of the label that was seen."""
    column = next((column for column in columns if column.name == label), None)
    return (column.low or "0", column.high or "1") if column is not None else ("0", "1")


def _block(other: Located | None, name: str) -> dict[Any, Any]:
    block = other.value.get(name) if other else None
    return block if isinstance(block, dict) else {}
