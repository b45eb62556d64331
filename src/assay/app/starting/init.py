"""Start a specification: a commented text with the real columns, in which judgement is left to people."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assay.app.starting.choose import choose
from assay.app.starting.copying import with_judgement_of
from assay.app.starting.doubts import (
    attributes_without_groups,
    inputs_denied,
    inputs_elsewhere,
    weak_label,
    wrong_labels,
    wrong_scores,
)
from assay.app.starting.errors import (
    refuse_absent,
    refuse_deeper,
    refuse_two_judgements,
    refuse_unknown_label,
)
from assay.app.starting.found import Found, find, relative
from assay.app.starting.guess import guess_favourable, without_groups
from assay.app.starting.judgement import Judgement, begin
from assay.app.starting.roles import lacking_attributes
from assay.app.starting.scaffold import DICTIONARY, SCHEMA, SPECIFICATION, Scaffold, rendered, write_scaffold
from assay.domain.dictionary import is_index_of_pandas
from assay.domain.metric import Catalogue
from assay.domain.specification.base import LONGEST_NAME
from assay.domain.specification.schema import json_schema
from assay.domain.template import TIME, UNIT, Template
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
    profiled = profile(data)
    names = [column.name for column in profiled if not is_index_of_pandas(column.name)]
    other = _judgement_in(copy_from) if copy_from else None
    refuse_unknown_label(label, names)
    found = find(
        profiled,
        model,
        feature_names=feature_names,
        folder=folder,
        label=label or _label_of(other, names),
        template=template,
        roles=roles or {},
    )
    judgement = _judgement(found, template, catalogue)
    text = rendered(
        f"{SPECIFICATION}.j2",
        **_said(found),
        name=template.name if template else _identifier(model),
        label_given=label is not None,
        prediction=_prediction_of(other, template, found.label.name),
        files=_files(data, folder),
        judgement=judgement,
    )
    texts = {
        SPECIFICATION: with_judgement_of(other, text) if other is not None else text,
        DICTIONARY: _dictionary(found, data),
        SCHEMA: json.dumps(json_schema(catalogue), indent=2, ensure_ascii=False) + "\n",
    }
    return Scaffold(texts, (*_warnings(found, template, data), *judgement.warnings))


def _judgement(found: Found, template: Template | None, catalogue: Catalogue) -> Judgement:
    return begin(
        _in_quarters(template, found.of(found.time)),
        found.protected,
        catalogue,
        roles=[role for role, column in ((UNIT, found.unit), (TIME, found.time)) if column],
        model_at_hand=found.scores is None,
        codes=any(column.codes for column in found.columns),
        task=found.task,
    )


def _said(found: Found) -> dict[str, Any]:
    """What the text of a specification says of the model and of the columns, by the words of its template."""
    truth = found.of(found.label.name)
    return {
        "model": found.model,
        "format": found.form,
        "inputs": found.inputs,
        "inputs_known": bool(found.known),
        "task": found.task,
        "label": found.label.name,
        "perhaps_label": found.label.words,
        "range": found.span,
        "classes": truth.codes if truth is not None and truth.codes is not None else (),
        "unit": found.unit,
        "time": found.time,
        "protected": found.protected,
    }


def _dictionary(found: Found, data: Path) -> str:
    return rendered(
        f"{DICTIONARY}.j2",
        data=data.name,
        rows=f"{found.facts[0].rows if found.facts else 0:,}",
        columns=found.columns,
        left_out=found.left_out,
    )


def _warnings(found: Found, template: Template | None, data: Path) -> Iterator[str]:
    """What is doubtful about the data or the model."""
    label = found.label.name
    yield from weak_label(found.label)
    yield from attributes_without_groups(without_groups(found.columns, label, found.protected))
    if found.task is Task.BINARY:
        yield from wrong_labels(found.facts, label)
        yield from wrong_scores(found.facts, found.scores)
    yield from inputs_elsewhere(found.known, [column.name for column in found.columns], data)
    yield from inputs_denied(found.denied)
    if template and found.roles:
        yield from lacking_attributes(template, found.roles)


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


def _files(data: Path, folder: Path) -> list[tuple[str, str]]:
    """The data sets: the one that was given under its role, and the others to be filled in."""
    given = next((role for role in ("train", "test") if re.match(role, data.name, re.IGNORECASE)), "develop")
    roles = ["test"] if given == "test" else ["test", given]
    return [(role, relative(data, folder) if role == given else "") for role in roles]


def _identifier(model: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.\-]+", "-", Path(model).stem)[:LONGEST_NAME].strip("-._") or "model"


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


def _block(other: Located | None, name: str) -> dict[Any, Any]:
    block = other.value.get(name) if other else None
    return block if isinstance(block, dict) else {}
