"""What a column could be, guessed from its name and its values; every guess is marked as one where it is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assay.domain.dictionary import NUMERIC
from assay.domain.vocabulary import Task
from assay.reading.source import hidden_in

if TYPE_CHECKING:
    from assay.subject.describe import ColumnFacts
from assay.subject.files.layout import kind_of

MOST_CODES = 12
ROWS_PER_CODE = 5
AGE_BANDS = (25, 40, 60)
BOTH = (True, False)
"""The codes of a boolean."""

_IDENTIFIER = re.compile(r"(.*[_\- ])?(id|uuid|key|number|nr|no)|.*(Id|ID)", re.ASCII)
_PERSON = re.compile(
    r"(patient|person|client|customer|applicant|borrower|debtor|member|user|subject|participant|student|pupil|employee|"
    r"citizen|claimant|insured|household|account|case|pid|mrn|ssn)([_\- ]?(id|uuid|key|number|nr|no|code|ref))?",
    re.IGNORECASE,
)
"""What names a person or case, of which there may be several rows."""
_SPECIAL = re.compile(
    r"race|ethnic|religio|disab|health|sex|gender|(^|_)(fe)?male($|_)|national|foreign|orientation",
    re.IGNORECASE,
)
_PERSONAL = re.compile(
    r"(^|_)age|birth|marri|marital|education|income|salary|name|address|phone", re.IGNORECASE
)
_PROTECTED = re.compile(
    r"race|ethnic|religio|disab|^sex|gender|(^|_)(fe)?male($|_)|national|foreign|marri|marital|(^|_)age($|_)",
    re.IGNORECASE,
)
_LABEL = re.compile(r"label|target|y|outcome|default.*|bad|class|churn|fraud|.*_label", re.IGNORECASE)
_FAVOURABLE = re.compile(
    r"(?!.*(^|[_\- ])(not?|non|un)[_\- ])(.*[_\- ])?"
    r"(approved|approval|granted|accepted|hired|invited|offered|funded|repaid|promoted|eligible|success(ful)?)([_\- ].*)?",
    re.IGNORECASE,
)
"""What a label is called of which 1 is the decision that people hope for."""
_CROSSING = re.compile(r"[×*]")
"""The signs that join the names of crossed groups, and that no group's name may have."""
_EXACT = re.compile(r"-?[0-9]{1,27}(\.[0-9]{1,20})?")


@dataclass(frozen=True, slots=True)
class ColumnGuess:
    """A column as the dictionary scaffold describes it; ``codes`` or ``low`` and ``high`` as they were seen.

    ``why`` says what the type was guessed from, where that is not its values' form. ``empty`` says that some values are
    an empty text, which is no code: it stands for a value that is missing. ``repeats`` says that some value stands there twice.
    """

    name: str
    type: str
    missing: bool
    sensitivity: str
    codes: tuple[int | str, ...] = ()
    low: str | None = None
    high: str | None = None
    why: str = ""
    empty: bool = False
    repeats: bool = False

    @property
    def seen(self) -> str:
        """The smallest and the largest value, for a comment."""
        return (
            f"{self.low} to {self.high}"
            if self.low is not None and self.high is not None
            else "no number that can be written here"
        )

    @property
    def numeric(self) -> bool:
        """Whether it has a range."""
        return self.type in NUMERIC


@dataclass(frozen=True, slots=True)
class AttributeGuess:
    """A protected attribute as the specification scaffold proposes it."""

    name: str
    column: str
    codes: tuple[int | str | bool, ...] = ()
    bands: tuple[int, ...] = ()

    @property
    def coded(self) -> bool:
        """Whether its groups are codes that the dictionary lists; true and false are known without it."""
        return any(not isinstance(code, bool) for code in self.codes)

    def group(self, code: int | str | bool) -> str:
        """The name of a code's group until a person finds a better one."""
        if isinstance(code, bool):
            return "yes" if code else "no"
        if not isinstance(code, str):
            return f"code {code}"
        # A name has no outer blanks: " a" would be taken for "a".
        return _CROSSING.sub("x", code if code == code.strip() else f"code {code!r}")


@dataclass(frozen=True, slots=True)
class LabelGuess:
    """The column of the truth, or None; without a name that says so, all columns of 0 and 1 or of two texts that could be it."""

    name: str | None
    binary: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    named: bool = False


def guess_column(facts: ColumnFacts) -> ColumnGuess:
    """Type, codes, range and sensitivity of one column."""
    kind, why = _type(facts)
    codes = [code for code in _seen(facts) if not isinstance(code, bool)] if kind == "category" else []
    return ColumnGuess(
        name=facts.name,
        type=kind,
        missing=facts.missing > 0 or "" in codes,
        sensitivity=_sensitivity(facts.name, kind),
        codes=tuple(code for code in codes if code != ""),
        low=_exact(facts.minimum) if kind in NUMERIC else None,
        high=_exact(facts.maximum) if kind in NUMERIC else None,
        why=why,
        empty="" in codes,
        repeats=not facts.unique,
    )


def guess_label(facts: Iterable[ColumnFacts], explained: Collection[str] = ()) -> LabelGuess:
    """The column that is named like a label, else the only kind of column that could be one; of several, the last.

    Columns of two texts are as likely as unnamed ones of 0 and 1: where there are such, none is taken. What names a
    protected attribute is no label unless it is named as one too.

    Args:
        explained: the columns that are known to be something else, inputs of the model or its scores.
    """
    free = [c for c in facts if c.name not in explained and _could_be_label(c.name)]
    binary = [c.name for c in free if set(c.codes or ()) == {0, 1}]
    words = [
        c.name for c in free if len(c.codes or ()) == 2 and all(_is_word(code) for code in c.codes or ())
    ]
    for found in (binary, words):
        named = [name for name in found if _LABEL.fullmatch(name)]
        if named:
            return LabelGuess(named[-1], named=True)
    return LabelGuess(binary[-1] if binary and not words else None, tuple(binary), tuple(words))


def guess_favourable(label: str | None) -> int:
    """The decision that is good for the person, by what the label is called: most labels name a harm."""
    return int(label is not None and _FAVOURABLE.fullmatch(label) is not None)


def _could_be_label(name: str) -> bool:
    return _LABEL.fullmatch(name) is not None or _PROTECTED.search(name) is None


def _is_word(code: int | str | bool) -> bool:
    return isinstance(code, str) and code != ""


def guess_task(column: ColumnFacts | None) -> Task:
    """What kind of prediction a label is the truth of: two values are decided, other numbers are predicted, several codes are classes."""
    if column is None or (column.codes is not None and len(column.codes) <= 2):
        return Task.BINARY
    number = kind_of(column.type) in {"integer", "number"}
    if column.codes is not None and (not number or _few(column)):
        return Task.MULTICLASS
    if not number or (column.minimum, column.maximum) == (0, 1):
        return Task.BINARY
    return Task.REGRESSION


def guess_unit(columns: Sequence[ColumnGuess]) -> str | None:
    """The first identifier that is named like a person or case; of these, or of all if none is, one that repeats."""
    found = [column for column in columns if column.type == "identifier"]
    likely = min(found, key=lambda c: (_PERSON.fullmatch(c.name) is None, not c.repeats), default=None)
    return likely.name if likely is not None else None


def guess_protected(columns: Sequence[ColumnGuess], label: str | None) -> tuple[AttributeGuess, ...]:
    """Attributes that law or custom protects, where at least two groups can be made of the column."""
    found: list[AttributeGuess] = []
    for column in columns:
        if column.name == label or not _PROTECTED.search(column.name):
            continue
        name = re.sub(r"[^a-z0-9]+", "_", column.name.casefold()).strip("_") or "attribute"
        name = name if name not in {attribute.name for attribute in found} else f"{name}_{len(found)}"
        attribute = attribute_of(column, name, _bands(column))
        if len(attribute.codes) > 1 or attribute.bands:
            found.append(attribute)
    return tuple(found)


def without_groups(
    columns: Sequence[ColumnGuess], label: str | None, protected: Sequence[AttributeGuess]
) -> tuple[ColumnGuess, ...]:
    """Columns that are named like a protected attribute and of which no group was made."""
    taken = {attribute.column for attribute in protected}
    return tuple(c for c in columns if c.name not in taken and c.name != label and _PROTECTED.search(c.name))


def attribute_of(column: ColumnGuess, name: str, bands: tuple[int, ...]) -> AttributeGuess:
    """A column as a protected attribute: its codes, or these bands of its numbers."""
    codes = BOTH if column.type == "boolean" else column.codes
    return AttributeGuess(name, column.name, codes, bands if column.numeric else ())


def _bands(column: ColumnGuess) -> tuple[int, ...]:
    if column.low is None or column.high is None or not re.search("age", column.name, re.IGNORECASE):
        return ()
    return tuple(edge for edge in AGE_BANDS if float(column.low) < edge <= float(column.high))


def _type(facts: ColumnFacts) -> tuple[str, str]:
    """The type, and what it was guessed from where the values alone do not show it."""
    kind = kind_of(facts.type)
    if kind == "boolean":
        return "boolean", ""
    if kind == "date" or facts.dates:
        return "date", ""
    named = _IDENTIFIER.fullmatch(facts.name) or (kind != "number" and _PERSON.fullmatch(facts.name))
    if facts.codes is None and named:
        return "identifier", "from its name"
    if kind == "integer":
        return ("category" if _few(facts) else "integer"), ""
    if kind == "number":
        return "number", ""
    if facts.codes is None and facts.unique:
        return "identifier", "no text occurs twice"
    if facts.codes is None and facts.numbered:
        return "identifier", "texts that number something"
    return ("category" if set(_seen(facts)) - {""} else "text"), ""


def _seen(facts: ColumnFacts) -> tuple[int | str, ...]:
    """The codes that a page can show. One with an invisible character is left out, for the data stage to find."""
    return tuple(code for code in facts.codes or () if not isinstance(code, str) or not hidden_in(code))


def _few(facts: ColumnFacts) -> bool:
    """Few enough whole numbers, each often enough, to be codes; consecutive counts look the same, so it is a guess."""
    codes = facts.codes or ()
    return 0 < len(codes) <= MOST_CODES and len(codes) * ROWS_PER_CODE <= facts.rows


def _sensitivity(name: str, kind: str) -> str:
    if _SPECIAL.search(name):
        return "special"
    return "personal" if kind == "identifier" or _PERSONAL.search(name) else "none"


def _exact(value: float | str | None) -> str | None:
    """A limit as it is written in a document; None when it has more digits than one takes."""
    if value is None or isinstance(value, bool):
        return None
    text = repr(value) if isinstance(value, float) else str(value)
    return text if _EXACT.fullmatch(text) or isinstance(value, float) else None
