"""What the planner promises against what happens: the power that ``assay plan`` prints, realised by the product.

The planner is asked exactly as ``assay plan`` asks it: with the counts that a check makes of the rows to come, a
threshold and the true value of a good model. Then that good model is drawn again and again on those rows and each
table of counts goes through check, assess, judge and decide.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from assay.domain.evidence import Compare, Rates
from assay.stats.contrast_power import rates_power
from guarantee.rule import SHAPES, Asked, Integers, Rule, at_least, at_most

BAR = 0.03


@dataclass(frozen=True)
class Design:
    """A good model on planned rows.

    rows: per group, with label 0 and with label 1. rates: decisions of 1 among those, in every group but the
    smallest. true: the value of the criterion's metric; the smallest group is worse than the others by as much.
    """

    asked: Asked
    rows: tuple[tuple[int, int], ...]
    rates: tuple[float, float]
    true: float

    @property
    def name(self) -> str:
        """In words."""
        sizes = [f"{a + b:,}" for a, b in self.rows]
        groups = " + ".join(sizes) if len(set(sizes)) > 1 or len(sizes) == 1 else f"{len(sizes)} × {sizes[0]}"
        return f"{self.asked}, true {self.true:g}, {groups} rows"


def _alike(*rows: int, base: float = 0.3) -> tuple[tuple[int, int], ...]:
    return tuple((n - round(n * base), round(n * base)) for n in rows)


ACCURACY, RECALL = "performance.accuracy", "performance.recall"
FALSE_ALARMS = "performance.false_positive_rate"
PARITY, RATIO = "fairness.demographic_parity", "fairness.impact_ratio"
OPPORTUNITY, ODDS = "fairness.equal_opportunity", "fairness.equalized_odds"
CONDITIONAL = {RECALL, FALSE_ALARMS, OPPORTUNITY, ODDS}
FEW = (0.12, 0.60)
DESIGNS = (
    Design(at_least(ACCURACY, "0.80"), _alike(700), (0.17, 0.83), 0.83),
    Design(at_least(ACCURACY, "0.90"), _alike(1400), (0.08, 0.92), 0.92),
    Design(at_least(RECALL, "0.75"), _alike(2000), (0.1, 0.79), 0.79),
    Design(at_least(RECALL, "0.60"), _alike(200), (0.1, 0.75), 0.75),
    Design(at_most(FALSE_ALARMS, "0.05"), _alike(1500), (0.035, 0.7), 0.035),
    Design(at_least(RECALL, "0.70", across=True), _alike(3000, 2000, 1000), (0.1, 0.77), 0.77),
    Design(at_least(ACCURACY, "0.80", across=True), _alike(900, 800, 700, 600), (0.15, 0.85), 0.85),
    Design(at_most(PARITY, "0.10", across=True), _alike(450, 400), FEW, 0.02),
    Design(at_most(PARITY, "0.05", across=True), _alike(3000, 1500), FEW, 0.01),
    Design(at_most(PARITY, "0.25", across=True), _alike(90, 50), FEW, 0.0),
    Design(at_most(PARITY, "0.10", across=True), _alike(1000, 700, 500, 400), FEW, 0.0),
    Design(at_most(PARITY, "0.10", across=True), _alike(*[700] * 16), FEW, 0.0),
    Design(at_least(RATIO, "0.80", across=True), _alike(2500, 1500), FEW, 0.92),
    Design(at_least(RATIO, "0.80", across=True), _alike(5000, 2000, 1000), FEW, 0.97),
    Design(at_least(RATIO, "0.80", across=True), _alike(600, 200), (0.5, 0.8), 0.95),
    Design(at_most(OPPORTUNITY, "0.10", across=True), _alike(2000, 1500), FEW, 0.0),
    Design(at_most(OPPORTUNITY, "0.15", across=True), _alike(3000, 2000, 700), FEW, 0.03),
    Design(at_most(ODDS, "0.10", across=True), _alike(2500, 1500), FEW, 0.0),
    Design(at_most(ODDS, "0.12", across=True), _alike(3000, 2000, 1000), FEW, 0.02),
)


def drawn(design: Design, reps: int, rng: np.random.Generator) -> Integers:
    """Tables of the good model: int64[reps, group, label, decision].

    The rows of each group are as planned. So are those with each label where the rates are conditional on it; for
    the others labels are random too.
    """
    rows = np.array(design.rows, dtype=np.int64)
    chance = np.tile(np.array(design.rates), (len(rows), 1))
    worst = int(np.argmin(rows.sum(axis=1)))
    for label in _worse_labels(design.asked, rows[worst]):
        ratio = SHAPES[design.asked.metric].compare is Compare.RATIO
        chance[worst, label] = (
            design.rates[label] * design.true if ratio else design.rates[label] - design.true
        )
    labelled = _labelled(rows, reps, rng, conditional=design.asked.metric in CONDITIONAL)
    ones = rng.binomial(labelled, chance)
    return np.stack((labelled - ones, ones), axis=-1)


def _worse_labels(asked: Asked, rows: Integers) -> tuple[int, ...]:
    """The labels for which the smallest group is decided worse."""
    if SHAPES[asked.metric].compare is Compare.EACH:
        return ()
    if asked.metric == ODDS:  # the smallest cell alone, as the planner has it
        return (int(np.argmin(rows)),)
    return (1,) if asked.metric == OPPORTUNITY else (0, 1)


def _labelled(rows: Integers, reps: int, rng: np.random.Generator, *, conditional: bool) -> Integers:
    if conditional:
        return np.broadcast_to(rows, (reps, *rows.shape))
    total = rows.sum(axis=1)
    ones = rng.binomial(total, rows[:, 1] / total, size=(reps, len(rows)))
    return np.stack((total - ones, ones), axis=-1)


def expected(design: Design) -> Integers:
    """The counts that a plan imagines: every group at the common rates."""
    rows, rates = np.array(design.rows, dtype=np.int64), np.array(design.rates)
    ones = np.rint(rows * rates).astype(np.int64)
    return np.stack((rows - ones, ones), axis=-1)


def planned(design: Design, rule: Rule) -> float:
    """What ``assay plan`` says about the design."""
    counts = rule.counted(0, expected(design))
    if not isinstance(counts, Rates):
        raise TypeError(f"{design.name}: expected rates, found {counts}")
    seed = zlib.crc32(design.name.encode())
    asked = design.asked
    return rates_power(counts, asked.comparator, float(asked.threshold), rule.alpha, seed)(design.true, 1.0)


def tables(reps: int) -> dict[str, list[dict[str, object]]]:
    """One row for each design."""
    rows = []
    for design in DESIGNS:
        rule = Rule((design.asked,))
        promised = planned(design, rule)
        rng = np.random.default_rng(zlib.crc32(design.name.encode()))
        realised = float(rule.certified(drawn(design, reps, rng)).mean())
        rows.append(
            {
                "design": design.name,
                "planned": promised,
                "realised": realised,
                "off, points": 100 * (realised - promised),
            }
        )
    return {"Planner: the power that assay plan prints, and what the product then does": rows}
