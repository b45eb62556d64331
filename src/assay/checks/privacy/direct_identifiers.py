"""Columns that say who somebody is, found by what they hold."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from assay.checks.check import AT_MOST, Example, check
from assay.checks.counting.cells import NO_ROWS
from assay.checks.counting.recognised import WORDS, Kind, recognised, recognised_number
from assay.checks.tabled import table_view
from assay.domain.evidence import Census, Counts, Undefined
from assay.domain.metric import Names, Parameter, Unit, several
from assay.domain.needs import Tabulated
from assay.domain.vocabulary import Comparator, Reason, Task, Verdict
from assay.tally.table import MOST, Integers, Rows, TableContext, TableView

MORE = 4096
"""What is said beside a kind is less: the year of a date, the digits of a number."""
KINDS, VALUES = "kinds of ", "values of "

CERTAIN = (Kind.EMAIL, Kind.IBAN, Kind.CARD, Kind.SSN, Kind.PHONE, Kind.IP, Kind.STREET, Kind.MARKED_PLACE)
"""These are told of a single row."""
QUASI = frozenset({Kind.DATE, Kind.POSTCODE})
"""These do not say by themselves who somebody is, and nearly do together."""
FEW = 20
"""A kind that is told of a whole column needs so many different values."""
MOSTLY, NEARLY_ALL = 0.5, 0.95
MANY, EVENLY = 200, 5
"""So many different names, none with more than so many times the rows of an average one, are people's; some towns are much larger."""
LIFETIME, GENERATION = 110, 20
"""Years: nine of ten dates of birth lie within the first of each other, and are spread over more than the second."""
BY_CHANCE = 0.001
"""The probability of so few numbers that several rows have, if numbers of as many digits were drawn by lot: each is then somebody's."""
LONG = 8
"""Numbers of so many digits are nobody's measurement where nearly every row has another one."""


def tabulate(rows: Rows, context: TableContext) -> Mapping[str, Integers]:  # noqa: ARG001 - all columns are looked at
    """By column, the kind of each value; and the value, hashed."""
    found: dict[str, Integers] = {}
    for name in sorted(rows.names):
        kinds = rows.each(name, _kinds)
        words = (rows.words(name) % np.uint64(MOST)).astype(np.int64)
        found[KINDS + name] = kinds
        found[VALUES + name] = np.where(kinds // MORE > Kind.OTHER, words, -1)
    return found


def _kinds(values: NDArray[Any]) -> Integers:
    """int64[n]: of the different texts of a column, or of all its numbers."""
    if values.dtype.kind not in "iufb":
        return _keys(recognised("" if text is None else text) for text in values.tolist())
    distinct, place = np.unique(values, return_inverse=True)
    return _keys(map(recognised_number, distinct.tolist()))[place]


def _keys(told: Iterable[tuple[Kind, int]]) -> Integers:
    return np.array([int(kind) * MORE + min(more, MORE - 1) for kind, more in told], dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Held:
    """What a column holds: rows by kind and by what is said beside it; how many different values those have that are of a kind, how many of these
    several rows have, and the rows of the value that most have."""

    rows: Mapping[tuple[Kind, int], int]
    distinct: int
    shared: int
    largest: int

    def of(self, *kinds: Kind) -> int:
        """The rows of some kinds."""
        return sum(n for (kind, _), n in self.rows.items() if kind in kinds)

    @property
    def present(self) -> int:
        """Rows with a value."""
        return sum(self.rows.values()) - self.of(Kind.MISSING)

    def mostly(self, kind: Kind, share: float) -> bool:
        """Whether a kind is so much of the column, in values that differ."""
        return self.distinct >= FEW and self.of(kind) >= share * max(self.present, 1)


def told(held: Held, *, declared: bool) -> Iterator[tuple[Kind, tuple[Kind, ...]]]:
    """The kinds that a column is said to hold, each with those that its rows are of; ``declared``: as an identifier."""
    for kind in CERTAIN:
        if held.of(kind):
            yield kind, (kind,)
    for kind, mine, holds in _COLUMNS:
        if holds(held):
            yield kind, mine
    if not declared and _each_its_own(held):
        yield Kind.CODE, (Kind.CODE, *NUMBERS)


NUMBERS = (Kind.NUMBER, Kind.NO_BSN, Kind.LIKE_BSN, Kind.NO_CARD, Kind.LIKE_CARD)


def _births(held: Held) -> bool:
    """Whether dates are spread over years as those of people are, and not as those of what happened to them."""
    if not held.mostly(Kind.DATE, NEARLY_ALL):
        return False
    years = np.array(sorted((year, n) for (kind, year), n in held.rows.items() if kind is Kind.DATE))
    reached = np.cumsum(years[:, 1]) / years[:, 1].sum()
    early, late = (int(years[np.searchsorted(reached, q), 0]) for q in (0.05, 0.95))
    return GENERATION < late - early <= LIFETIME


def _each_its_own(held: Held) -> bool:
    """Whether nearly every row has a code or a number for itself; of short numbers, though many would have coincided by chance.

    A few rows with something else, such as a mark for an unknown one, or with the number of another row make no other column of it.
    """
    codes, numbers = held.of(Kind.CODE), held.of(*NUMBERS)
    own = codes + numbers
    if own < NEARLY_ALL * held.present or held.distinct < max(NEARLY_ALL * own, 2 * FEW):
        return False
    return codes >= MOSTLY * own or _drawn_by_nobody(held)


def _drawn_by_nobody(held: Held) -> bool:
    """Whether numbers are so long, or so few of them stand in several rows, that they are no measurements that happen to differ."""
    digits = Counter[int]()
    for (kind, n), rows in held.rows.items():
        if kind in NUMBERS:
            digits[n] += rows
    if sum(rows for n, rows in digits.items() if n >= LONG) >= NEARLY_ALL * digits.total():
        return True
    # Numbers drawn evenly coincide least often; the pairs of those of each length are added up.
    pairs = sum(rows**2 / (2 * 9 * 10.0 ** (n - 1)) for n, rows in digits.items())
    return _at_most(held.shared, pairs) <= BY_CHANCE


def _at_most(events: int, mean: float) -> float:
    """The probability of so few events that are expected this often (Poisson)."""
    if events >= mean:
        return 1.0
    return math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(events + 1))


def _named(held: Held) -> bool:
    """Whether values look like names, and differ as those of people do, and those of towns do not.

    Half of them are different; or they are many, and none has many more rows than others, as where each person has several.
    """
    if not held.mostly(Kind.NAME, MOSTLY):
        return False
    even = held.distinct >= MANY and held.largest * held.distinct <= EVENLY * held.present
    return even or held.distinct >= MOSTLY * held.present


def _each_an_address(held: Held) -> bool:
    """Whether values look like addresses without their sign and half of them differ, as shops do not."""
    return held.mostly(Kind.LIKE_EMAIL, MOSTLY) and held.distinct >= MOSTLY * held.present


def _postcodes(held: Held) -> bool:
    return held.mostly(Kind.POSTCODE, MOSTLY) or held.mostly(Kind.DIGITS_5, NEARLY_ALL)


def _passing(held: Held, like: Kind, unlike: Kind) -> bool:
    """Whether numbers pass a check that chance passes once in ten or eleven."""
    return held.mostly(like, MOSTLY) and held.of(like) >= held.of(unlike)


_COLUMNS: tuple[tuple[Kind, tuple[Kind, ...], Callable[[Held], bool]], ...] = (
    (Kind.POSTCODE, (Kind.POSTCODE, Kind.DIGITS_5), _postcodes),
    (Kind.NAME, (Kind.NAME,), _named),
    (Kind.PLACE, (Kind.PLACE,), lambda held: held.mostly(Kind.PLACE, MOSTLY)),
    (Kind.LIKE_EMAIL, (Kind.LIKE_EMAIL,), _each_an_address),
    (Kind.TEXT, (Kind.TEXT,), lambda held: held.mostly(Kind.TEXT, MOSTLY)),
    (Kind.DATE, (Kind.DATE,), _births),
    (Kind.CARD, (Kind.LIKE_CARD,), lambda held: _passing(held, Kind.LIKE_CARD, Kind.NO_CARD)),
    (Kind.LIKE_BSN, (Kind.LIKE_BSN,), lambda held: _passing(held, Kind.LIKE_BSN, Kind.NO_BSN)),
)
"""What is told of a whole column: the kind, those that its rows are of, and when."""


def _held(view: TableView) -> dict[str, Held]:
    tables = view.tables[view.data]
    found: dict[str, Held] = {}
    for table in sorted(tables):
        if table.startswith(KINDS):
            name, counts = table.removeprefix(KINDS), tables[table]
            rows = {
                (Kind(key // MORE), key % MORE): n
                for key, n in zip(counts.keys.tolist(), counts.counts.tolist(), strict=True)
            }
            values = view.table(VALUES + name)
            shared, largest = int((values.counts > 1).sum()), int(values.counts.max(initial=0))
            found[name] = Held(rows, len(values.keys), shared, largest)
    return found


def _view(**columns: list[Any]) -> TableView:
    return table_view(tabulate, columns, parameters={"kinds": "direct", "allowed": ""})


@check(
    id="privacy.direct_identifiers",
    title="Direct identifiers in the data",
    estimand="The share of rows that say who somebody is, in whatever way, in the worst column, by what the column holds and not by its name.",
    unit=Unit.SHARE,
    reading="{value} of the rows hold {kinds:direct=what says who somebody is,quasi=what nearly says who somebody is,"
    "all=what says or nearly says who somebody is} in one column[ besides {allowed}]",
    need=Tabulated(tabulate, undeclared=True),
    tasks=tuple(Task),
    comparators=AT_MOST,
    census=True,
    parameters={
        "kinds": Parameter(
            "'direct': names, e-mail and street addresses, numbers of telephones, accounts, cards, citizens and machines, free "
            "text, coordinates, and codes that nearly every row has for itself. 'quasi': dates of birth and postcodes. 'all': both.",
            default="direct",
            choices=("direct", "quasi", "all"),
        ),
        "allowed": Parameter(
            "Columns that may hold such, for a reason that the rationale gives, with commas between them.",
            default="",
            names=Names.COLUMNS,
        ),
    },
    examples=(
        Example(
            says="Incomes, and codes that many share.",
            view=lambda: _view(income=[1000 + 17 * i for i in range(100)], plan=["A1", "B2"] * 50),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.PASS,
        ),
        Example(
            says="One remark of a hundred holds an e-mail address.",
            view=lambda: _view(remark=[*["none"] * 99, "write to ann.lee@example.org"]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.FAIL,
        ),
        Example(
            says="There is no row.",
            view=lambda: _view(income=[]),
            comparator=Comparator.AT_MOST,
            threshold="0",
            verdict=Verdict.NOT_EVALUABLE,
        ),
    ),
)
def direct_identifiers(view: TableView, *, kinds: str, allowed: str) -> Counts:
    """The rows that say who somebody is, in the column that has most of them.

    Purpose:
        Shows whether people can be recognised in the data that a model is made and tested with, whatever the columns are called
        and whoever documented them: what nobody needs for the purpose must not be there (GDPR, article 5(1)(c)), and what a model
        is fed it can give away.
    Method:
        Every column of the file is looked at, documented or not. A text is read in its compatible form (NFKC, Unicode UAX 15), without
        characters that nobody sees and with plain spaces, hyphens and digits. In each row are told: e-mail addresses, in brackets and
        words too (name (at) host.org, name [at] host dot org, name AT host.org), coordinates that say what they are (degrees with minutes or decimals,
        directions, lat and lon, geo:, POINT, ISO 6709, links of maps), account numbers by length and
        remainder (IBAN, ISO 13616, in small letters and any grouping too), card numbers in groups by the Luhn check (ISO/IEC 7812-1), social security numbers of the US in
        groups, telephone numbers with a country code or in groups, IP addresses, street addresses with a house number. Of whole columns
        with at least 20 different values are told, where at least half are such: addresses with a plain "at" or spaces (name at host.org, name @ host.org; at least half of them different), names (two to five words of letters alone, with a number
        behind them or without, at least half of them different, or 200 of them and none with more than five times the rows of an average one), pairs of numbers of three decimals within 90 and 180, card numbers without groups and citizen numbers of the Netherlands (where more pass than fail a
        check that chance passes once in ten or eleven), postcodes, free text of six words; dates (year first, year last, or with the month in words of seven languages), where nine of ten are spread
        over more than 20 years and within 110; and codes that nearly every row has for itself (19 in 20), or numbers of at least eight digits, or
        shorter ones of which so few coincide that as many drawn by lot would do so with a probability of at most .001 (Poisson), unless the dictionary calls the column an
        identifier or it is the unit. The details have rows per column and kind, and never a value. Counted in full, no inference. (McCallister, Grance
        & Scarfone 2010, NIST SP 800-122, section 2.1, for what is direct; GDPR, recital 26.)
    Limits:
        Among other words e-mail addresses and coordinates that say what they are are found; all else must be the whole value.
        Finds forms, not people: a company's name has the form of a person's, and a version such as 1.2.3.4 that of an IP
        address. Short phrases that all differ have the form of names, and pairs of measurements
        of three decimals that of coordinates. An e-mail address is not found where it has neither sign nor bracket and no host with an ending (name AT host, in a
        single row), is spelt with spaces or parts left out, or hidden in another way; nor are pairs of plain numbers in few rows or within a text, with fewer than
        three decimals, and places by grid or code (MGRS, UTM, geohash, plus codes). Names of one word, social security numbers and telephone numbers without
        groups, a coordinate that stands alone, pictures, and other countries' numbers are not found. A column that is clean by itself can identify
        together with others: privacy.k_anonymity.
    Remedy:
        Leave the column out of the files; replace a number by a keyed hash kept elsewhere and call it an identifier in the
        dictionary; shorten dates to years and postcodes to regions.
    Oracle:
        published numbers with their check digits, and planted identifiers in 20 seeds
        (tests/checks/test_direct_identifiers.py).
    """
    if not view.n:
        return NO_ROWS
    identifiers = {c.name for c in view.context.dictionary if c.type == "identifier"} | {view.context.unit}
    left_out, by_column = set(several(allowed)), _held(view)
    if left_out.issuperset(by_column):
        return Undefined(
            Reason.NOT_MEASURED,
            "'allowed' names every column of the data, so that none is looked at; name those that may hold such.",
        )
    found: list[tuple[str, Kind, int]] = []
    different: dict[str, int] = {}
    most = 0
    for name, held in by_column.items():
        asked = [
            (kind, mine)
            for kind, mine in told(held, declared=name in identifiers)
            if name not in left_out and (kinds == "all" or (kind in QUASI) == (kinds == "quasi"))
        ]
        found += [(name, kind, held.of(*mine)) for kind, mine in asked]
        if asked:
            different[name] = held.distinct
            most = max(most, held.of(*{kind for _, mine in asked for kind in mine}))
    found.sort(key=lambda one: (-one[2], one[0], one[1]))
    details = [(f"{name}: {WORDS[kind]}", n) for name, kind, n in found]
    details += [
        (f"{name}: different values", different[name]) for name in dict.fromkeys(n for n, _, _ in found)
    ]
    return Census(most, view.n, share=True, details=tuple(details))
