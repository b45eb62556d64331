"""What a check measured: counts without a threshold, from which every verdict can be judged again.

A statistic is a set of *pieces* joined by "and": a maximum gap over groups is at most t exactly when every
ordered pair of groups differs by at most t. Certifying is therefore pointwise (each piece at level alpha, by
the intersection-union principle; Berger 1982), failing is uniform (Holm over the pieces).
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from enum import StrEnum

from assay.domain.vocabulary import UNDEFINED_REASONS, Reason


class Compare(StrEnum):
    """How the cells of :class:`Rates` become pieces."""

    EACH = "each"
    DIFFERENCE = "difference"
    RATIO = "ratio"


class Functional(StrEnum):
    """What is computed from the scores and labels of :class:`Scores`."""

    AUC = "auc"
    GINI = "gini"
    AVERAGE_PRECISION = "average_precision"
    BRIER = "brier"
    LOG_LOSS = "log_loss"
    KS_CALIBRATION = "ks_calibration"
    ECE = "ece"
    OBSERVED_EXPECTED = "observed_expected"


@dataclass(frozen=True, slots=True)
class Census:
    """A fact about the data in hand, counted in full: no inference, so no interval.

    ``found`` of ``total``; the value is the share when ``share`` is true, else the number found.
    ``details`` break the number down by column, code or pair of splits; never by row. Of those found ``by_chance`` are
    possibly none: where they decide, the criterion is not evaluable.
    """

    found: int
    total: int
    share: bool = False
    details: tuple[tuple[str, int], ...] = ()
    by_chance: int = 0

    def __post_init__(self) -> None:
        whole = type(self.found) is int and type(self.total) is int
        if not whole or self.found < 0 or self.total < 0 or (self.share and self.found > self.total):
            raise ValueError("a census needs whole numbers with 0 <= found, and found <= total for a share")
        if type(self.by_chance) is not int or not 0 <= self.by_chance <= self.found:
            raise ValueError("of those found, at most all are there by chance")


GIVEN_LABEL = {"label 0": "0", "label 1": "1"}
"""The families of rates that are of the rows with one true label, and that label."""


@dataclass(frozen=True, slots=True)
class Rate:
    """``events`` of ``trials`` in the group ``label``; only cells of one ``family`` are compared."""

    label: str
    events: int
    trials: int
    family: str = ""

    def __post_init__(self) -> None:
        if (
            type(self.events) is not int
            or type(self.trials) is not int
            or not 0 <= self.events <= self.trials
        ):
            raise ValueError("a rate needs whole numbers with 0 <= events <= trials")


@dataclass(frozen=True, slots=True)
class Rates:
    """Rates of one or more groups. With a ``reference`` each group is compared with it, else all pairs.

    With a ``focus`` only the pairs that one of those groups belongs to are compared.
    """

    cells: tuple[Rate, ...]
    compare: Compare = Compare.EACH
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def compares(self, one: Rate, two: Rate) -> bool:
        """Whether the ordered pair is a piece: in both directions, so that no choice of a reference makes a criterion easy."""
        if self.focus and one.label not in self.focus and two.label not in self.focus:
            return False
        return self.reference is None or self.reference in {one.label, two.label}


class Mean(StrEnum):
    """What is averaged over the classes."""

    RECALL = "recall"
    F1 = "f1"


@dataclass(frozen=True, slots=True)
class Averages:
    """Rates of each class (the family of a cell) in one or more groups, of which a mean over the classes is judged for each group.

    Of a recall: rows of a class that are given it, of all rows of it. Of F1: the same, of all rows of it or given it.
    """

    cells: tuple[Rate, ...]
    mean: Mean

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))


class Composite(StrEnum):
    """What is computed of two groups over all strata of :class:`Stratified`."""

    ODDS_RATIO = "odds_ratio"
    WITHIN_STRATA = "within_strata"
    BY_COMPOSITION = "by_composition"
    REVERSAL = "reversal"
    DISPARITY = "disparity"
    SCORING_RATIO = "scoring_ratio"
    EXPECTED_COST = "expected_cost"


CUTS = ("above the median", "above its lower limit", "above its upper limit")
"""The families of a scoring ratio: rows above the sample's median score, and above the limits of the population's median."""
MEDIAN_MISSED = 0.001
"""The chance that the population's median lies outside of those limits."""

AGAINST_ALL_OTHERS = frozenset({Composite.DISPARITY})
"""Those that compare each group with all others together, and not with each of them."""


@dataclass(frozen=True, slots=True)
class Stratified:
    """Rates of groups in strata (the family of a cell), of which one value is made over all strata for each pair of groups.

    With a ``reference`` each group is compared with it, else all pairs; ``focus`` as in :class:`Rates`. Unlike rates, whose families
    are pieces of their own, all strata of a pair are one piece. ``weights``: of an expected cost, what an event of each family costs,
    in the order in which the families come.
    """

    cells: tuple[Rate, ...]
    composite: Composite
    reference: str | None = None
    focus: tuple[str, ...] = ()
    weights: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        places = [(cell.label, cell.family) for cell in self.cells]
        whole = {(a, b) for a, _ in places for _, b in places}
        if len(places) != len(set(places)) or set(places) != whole:
            raise ValueError("each group needs one cell in each stratum, and may have no rows in it")
        priced = self.composite is Composite.EXPECTED_COST
        if len(self.weights) != (len({cell.family for cell in self.cells}) if priced else 0):
            raise ValueError("an expected cost, and nothing else, needs the cost of each family")
        if any(not 0 <= weight < float("inf") for weight in self.weights):
            raise ValueError("what an event costs is a number of at least 0")

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))

    def compares(self, one: str, two: str) -> bool:
        """Whether the ordered pair is a piece, in both directions."""
        if one == two or (self.focus and one not in self.focus and two not in self.focus):
            return False
        return self.reference is None or self.reference in {one, two}


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """The score histogram of one group: strictly increasing ``scores``, rows per label at each.

    Without ``edges`` the scores are exact. With them scores were kept on a grid: each is the mean score of the rows of a
    label in a bin [edge, next edge), the last bin closed.
    """

    label: str
    scores: tuple[float, ...]
    negatives: tuple[int, ...]
    positives: tuple[int, ...]
    edges: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if not len(self.scores) == len(self.negatives) == len(self.positives):
            raise ValueError("a cell of scores needs as many negatives and positives as scores")


@dataclass(frozen=True, slots=True)
class Scores:
    """Score histograms of one or more groups and the functional that each group must satisfy."""

    cells: tuple[ScoreCell, ...]
    functional: Functional
    bins: int = 15


@dataclass(frozen=True, slots=True)
class PairedCell:
    """Of ``n`` rows, ``worse`` were right before and wrong after, ``better`` the other way round.

    ``family`` says against what they are compared, where it is more than one thing.
    """

    label: str
    worse: int
    better: int
    n: int
    family: str = ""

    def __post_init__(self) -> None:
        whole = all(type(count) is int for count in (self.worse, self.better, self.n))
        if not whole or self.worse < 0 or self.better < 0 or self.worse + self.better > self.n:
            raise ValueError("paired outcomes need whole numbers with 0 <= worse + better <= n")


@dataclass(frozen=True, slots=True)
class Paired:
    """Paired outcomes under one or more changes; the drop (worse - better)/n is judged for each."""

    cells: tuple[PairedCell, ...]


@dataclass(frozen=True, slots=True)
class LossCell:
    """What the rows of one group lost: strictly increasing ``places`` on a grid, and the rows at each.

    Place 0 is a loss of exactly 0, place k one of more than k - 1 and at most k widths of the grid.
    """

    label: str
    places: tuple[int, ...]
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        whole = all(type(number) is int for number in (*self.places, *self.rows))
        increasing = all(a < b for a, b in itertools.pairwise(self.places))
        if not whole or not increasing or len(self.places) != len(self.rows) or min(self.rows, default=0) < 0:
            raise ValueError("losses need increasing places with a whole number of rows at each")

    @property
    def n(self) -> int:
        """All rows."""
        return sum(self.rows)


class Summary(StrEnum):
    """What is made of the losses of many rows."""

    MEAN = "mean"
    ROOT_MEAN_SQUARE = "root_mean_square"


@dataclass(frozen=True, slots=True)
class Losses:
    """Losses of the rows of one or more groups, none above ``largest``, on a grid of ``steps`` widths; alone or as differences.

    Bounds are those of losses rounded to the worse side, so that a grid costs its width at most and never helps.
    """

    cells: tuple[LossCell, ...]
    largest: float
    steps: int
    summary: Summary = Summary.MEAN
    compare: Compare = Compare.EACH
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0 < self.largest < math.inf or type(self.steps) is not int or self.steps < 1:
            raise ValueError("losses need a largest one above 0 and a grid of at least one step")
        if any(
            cell.places and not 0 <= cell.places[0] <= cell.places[-1] <= self.steps for cell in self.cells
        ):
            raise ValueError("a loss lies outside of its grid")
        if self.compare is Compare.RATIO:
            raise ValueError("losses stand alone or are compared as differences")

    def compares(self, one: LossCell, two: LossCell) -> bool:
        """Whether the ordered pair is a piece, as of rates."""
        if one.label == two.label or (self.focus and not {one.label, two.label} & set(self.focus)):
            return False
        return self.reference is None or self.reference in {one.label, two.label}


@dataclass(frozen=True, slots=True)
class ExplainedCell:
    """The rows of one group by true number and absolute error: places on two grids of the declared range, and the rows at each pair.

    An outcome is at the nearest place, an error at most at its own and above the one before.
    """

    label: str
    outcomes: tuple[int, ...]
    errors: tuple[int, ...]
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        columns = (self.outcomes, self.errors, self.rows)
        if len({len(column) for column in columns}) != 1:
            raise ValueError("explained variance needs as many errors and numbers of rows as outcomes")
        if any(type(number) is not int or number < 0 for column in columns for number in column):
            raise ValueError("explained variance needs places and rows that are whole numbers")

    @property
    def n(self) -> int:
        """All rows."""
        return sum(self.rows)


@dataclass(frozen=True, slots=True)
class Explained:
    """Outcomes and errors of one or more groups, of which the share of the variance that is explained is judged for each."""

    cells: tuple[ExplainedCell, ...]
    steps: int
    error_steps: int

    def __post_init__(self) -> None:
        if any(type(steps) is not int or steps < 1 for steps in (self.steps, self.error_steps)):
            raise ValueError("a grid needs at least one step")
        if any(
            max(cell.outcomes, default=0) > self.steps or max(cell.errors, default=0) > self.error_steps
            for cell in self.cells
        ):
            raise ValueError("an outcome or an error lies outside of its grid")


@dataclass(frozen=True, slots=True)
class MeanCell:
    """The rows of one group by the value that each has: strictly increasing ``values``, rows at each."""

    label: str
    values: tuple[float, ...]
    rows: tuple[int, ...]

    def __post_init__(self) -> None:
        if len(self.values) != len(self.rows) or any(type(n) is not int or n < 0 for n in self.rows):
            raise ValueError("a mean needs as many whole numbers of rows as values")
        if list(self.values) != sorted(set(self.values)):
            raise ValueError("a mean needs values that increase")


@dataclass(frozen=True, slots=True)
class Means:
    """Values of rows that lie between ``low`` and ``high`` whatever happens, in one or more groups; the mean of each is judged."""

    cells: tuple[MeanCell, ...]
    low: float
    high: float

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError("a mean needs values that can differ: low < high")
        if any(not self.low <= value <= self.high for cell in self.cells for value in cell.values):
            raise ValueError("a mean needs values between its low and its high")


@dataclass(frozen=True, slots=True)
class MeanCurve:
    """The mean of what the same rows have at each of some ``points`` of a scale, between ``low`` and ``high``; each is judged."""

    points: tuple[float, ...]
    cells: tuple[MeanCell, ...]
    low: float
    high: float

    def __post_init__(self) -> None:
        if len(self.points) != len(self.cells) or list(self.points) != sorted(set(self.points)):
            raise ValueError("a curve of means has points that increase, and a mean at each")

    @property
    def means(self) -> Means:
        """The same means without their places."""
        return Means(self.cells, self.low, self.high)


@dataclass(frozen=True, slots=True)
class ByInput:
    """What is lost when an input is that of another case, a cell for each input, which is its label; each is judged."""

    lost: Paired | Means


@dataclass(frozen=True, slots=True)
class Folds:
    """A rate in each fold of a cross-validation, of which the mean is judged.

    Each is of rows that its own model has not seen; the models have most of their rows in common, so that the folds depend on
    each other in a way that nobody knows.
    """

    cells: tuple[Rate, ...]

    def __post_init__(self) -> None:
        if any(cell.trials == 0 for cell in self.cells):
            raise ValueError("a fold without rows has no rate")


@dataclass(frozen=True, slots=True)
class Learned:
    """The share of right decisions by the number of training rows, on the same rows each time.

    Attributes:
        sizes: how many training rows, the smallest first. cells: the rate at each.
        last: the last step as a pair, of which the gain is judged: ``worse`` were right with all training rows and not with
            those of the step before, ``better`` the other way round.
    """

    sizes: tuple[int, ...]
    cells: tuple[Rate, ...]
    last: PairedCell

    def __post_init__(self) -> None:
        if len(self.sizes) != len(self.cells) or any(cell.trials == 0 for cell in self.cells):
            raise ValueError("a learning curve has a rate of some rows at each size")


@dataclass(frozen=True, slots=True)
class RelativeRate:
    """``events`` of ``trials`` in the group ``label``, to be told as a multiple of the rate that was ``expected``, which is declared."""

    label: str
    events: int
    trials: int
    expected: float
    family: str = ""

    def __post_init__(self) -> None:
        whole = type(self.events) is int and type(self.trials) is int
        if not whole or not 0 <= self.events <= self.trials or not 0 < self.expected <= 1:
            raise ValueError(
                "a relative rate needs 0 <= events <= trials and an expected rate above 0, of at most 1"
            )


@dataclass(frozen=True, slots=True)
class RelativeRates:
    """Rates as multiples of declared ones; each is judged."""

    cells: tuple[RelativeRate, ...]


@dataclass(frozen=True, slots=True)
class PairedScoreCell:
    """The rows of one group by their two scores: rows per label at each pair."""

    label: str
    incumbent: tuple[float, ...]
    candidate: tuple[float, ...]
    negatives: tuple[int, ...]
    positives: tuple[int, ...]

    def __post_init__(self) -> None:
        columns = (self.incumbent, self.candidate, self.negatives, self.positives)
        if len({len(column) for column in columns}) != 1:
            raise ValueError("paired scores need as many rows of each label as pairs of scores")
        if any(type(n) is not int or n < 0 for n in (*self.negatives, *self.positives)):
            raise ValueError("paired scores need whole numbers of rows")


@dataclass(frozen=True, slots=True)
class PairedScores:
    """Two models' scores of the same rows; the AUC of the candidate less that of the incumbent is judged for each group."""

    cells: tuple[PairedScoreCell, ...]


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows by label from each threshold of the score on, in one or more groups; what the threshold ``at`` costs above the best is judged for each.

    ``cost_fp``, ``cost_fn``: what an error of each kind costs.
    """

    cells: tuple[ScoreCell, ...]
    at: float
    cost_fp: float
    cost_fn: float

    def __post_init__(self) -> None:
        if any(self.at not in cell.scores for cell in self.cells):
            raise ValueError("a sweep needs the declared threshold among the others")
        if (
            not all(0 <= cost < math.inf for cost in (self.cost_fp, self.cost_fn))
            or not self.cost_fp + self.cost_fn
        ):
            raise ValueError("a sweep needs costs of at least 0, not both 0")


class Top(StrEnum):
    """What is asked of the rows with the highest scores."""

    PRECISION = "precision"
    LIFT = "lift"


@dataclass(frozen=True, slots=True)
class Ranked:
    """Score histograms of one or more groups, of whose rows with the highest scores something is asked: of the ``share`` at the top."""

    cells: tuple[ScoreCell, ...]
    top: Top
    share: float

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError("the rows at the top are a share between 0 and 1")


class Distance(StrEnum):
    """How far apart two distributions over the same bins are."""

    PSI = "psi"
    TOTAL_VARIATION = "total_variation"
    HELLINGER = "hellinger"


@dataclass(frozen=True, slots=True)
class HistogramPair:
    """Rows per bin in two samples; ``label`` says of what. Which bins there are was fixed without these rows."""

    label: str
    reference: tuple[int, ...]
    found: tuple[int, ...]

    def __post_init__(self) -> None:
        counts = (*self.reference, *self.found)
        if len(self.reference) != len(self.found) or any(type(n) is not int or n < 0 for n in counts):
            raise ValueError("two histograms need whole numbers of rows in the same bins")


@dataclass(frozen=True, slots=True)
class Histograms:
    """Distributions of two samples that are compared bin by bin; each distance is judged."""

    cells: tuple[HistogramPair, ...]
    distance: Distance


@dataclass(frozen=True, slots=True)
class ChangeCell:
    """Of ``n`` rows of a group, at the step ``family`` so many ``gained`` a favourable decision, and so many ``lost`` one."""

    label: str
    family: str
    gained: int
    lost: int
    n: int

    def __post_init__(self) -> None:
        whole = all(type(count) is int for count in (self.gained, self.lost, self.n))
        if not whole or self.gained < 0 or self.lost < 0 or self.gained + self.lost > self.n:
            raise ValueError("a change needs whole numbers with 0 <= gained + lost <= n")


@dataclass(frozen=True, slots=True)
class Changes:
    """Decisions of groups before and after each step; by how much more they change for one group than for another is judged.

    ``reference`` and ``focus`` as in :class:`Rates`.
    """

    cells: tuple[ChangeCell, ...]
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def compares(self, one: ChangeCell, two: ChangeCell) -> bool:
        """Whether the ordered pair is a piece: of one step, in both directions."""
        if one.family != two.family or one.label == two.label:
            return False
        if self.focus and not {one.label, two.label} & set(self.focus):
            return False
        return self.reference is None or self.reference in {one.label, two.label}


class Effect(StrEnum):
    """Along which paths of a causal graph a gap between two groups goes."""

    DIRECT = "direct"
    INDIRECT = "indirect"
    SPURIOUS = "spurious"


@dataclass(frozen=True, slots=True)
class Effects:
    """Rates of groups in cells of confounders and mediators (the family), of which one effect is made for each ordered pair of groups.

    ``strata``: the stratum of the confounders in which each family lies, in the order in which the families come. ``reference`` and
    ``focus`` as in :class:`Rates`.
    """

    cells: tuple[Rate, ...]
    strata: tuple[str, ...]
    effect: Effect
    reference: str | None = None
    focus: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        places = [(cell.label, cell.family) for cell in self.cells]
        families = {family for _, family in places}
        whole = {(label, family) for label, _ in places for family in families}
        if len(places) != len(set(places)) or set(places) != whole or len(self.strata) != len(families):
            raise ValueError("each group needs one cell in each family, and each family its stratum")

    @property
    def labels(self) -> tuple[str, ...]:
        """The groups."""
        return tuple(dict.fromkeys(cell.label for cell in self.cells))

    def compares(self, one: str, two: str) -> bool:
        """Whether the ordered pair is a piece, in both directions."""
        if one == two or (self.focus and one not in self.focus and two not in self.focus):
            return False
        return self.reference is None or self.reference in {one, two}


@dataclass(frozen=True, slots=True)
class ProxiedCell:
    """Rows that belong to a group with the same ``probability``, and how many of them are decided favourably."""

    probability: float
    favourable: int
    rows: int

    def __post_init__(self) -> None:
        whole = type(self.favourable) is int and type(self.rows) is int
        if not whole or not 0 <= self.favourable <= self.rows or not 0 <= self.probability <= 1:
            raise ValueError("a cell needs a probability, and whole numbers with 0 <= favourable <= rows")


@dataclass(frozen=True, slots=True)
class Proxied:
    """Decisions by the probability of being a ``member`` of a group, which nobody observed; members are compared with all others.

    Attributes:
        bins: of equal width, into which probabilities are cut; within one, decisions may go with membership in any way.
        error: how far the share of members in a bin may be from its mean probability, as is stated of the proxy model.
        compare: a difference or a ratio.
    """

    cells: tuple[ProxiedCell, ...]
    member: str
    bins: int
    error: float
    compare: Compare

    def __post_init__(self) -> None:
        if type(self.bins) is not int or self.bins < 1 or not 0 <= self.error < 1:
            raise ValueError("probabilities need at least one bin, and an error of at least 0 and below 1")
        if self.compare is Compare.EACH:
            raise ValueError("members are compared with others, as a difference or as a ratio")


@dataclass(frozen=True, slots=True)
class Undefined:
    """The check ran and the estimand does not exist on these rows; the reason says why."""

    reason: Reason
    detail: str

    def __post_init__(self) -> None:
        if not isinstance(self.reason, Reason):
            raise TypeError(f"a reason code of Assay is expected, not {type(self.reason).__name__}")
        if self.reason not in UNDEFINED_REASONS:
            raise ValueError(f"{self.reason.value} is no reason why an estimand does not exist")


Counts = (
    Census
    | Rates
    | Averages
    | Stratified
    | Scores
    | Paired
    | Losses
    | Explained
    | Folds
    | Learned
    | Means
    | MeanCurve
    | ByInput
    | RelativeRates
    | Sweep
    | Ranked
    | Histograms
    | PairedScores
    | Proxied
    | Effects
    | Changes
    | Undefined
)
"""What a check may return; the rule that assesses it follows from its type."""

ABOUT_CAUSES: frozenset[type] = frozenset({Effects})
"""The kinds that say something of causes, under the declared graph; what is made of all others are associations."""


def aside_of(criterion: str) -> str:
    """The name of a criterion's second assessment, of the groups that the small-group rule set aside."""
    return f"{criterion}.small-groups"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One measurement: what was counted, on which rows, by which check. Knows no threshold and no alpha.

    Attributes:
        metric: the check's id, for example ``fairness.impact_ratio``.
        across: the attribute (or ``a*b`` intersection) whose groups were compared, or empty.
        data: the data set that was read, for example ``test``.
        counts: the sufficient counts.
        parameters: the bound parameters of the check, as text.
        criterion: the id of the criterion that asked. aside: about the groups that the small-group rule set aside.
    """

    metric: str
    across: str
    data: str
    counts: Counts
    parameters: tuple[tuple[str, str], ...] = ()
    criterion: str = ""
    aside: bool = False

    @property
    def answers(self) -> str:
        """The name of the assessment that is made of it."""
        return aside_of(self.criterion) if self.aside else self.criterion
