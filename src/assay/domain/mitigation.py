"""The ways to look for a fairer model that Assay knows: what each changes, and where it comes from."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from types import MappingProxyType

AT_DECISION = (
    "A model that is fed a protected attribute needs it of each person at the moment of the decision. To treat people differently by "
    "such an attribute is disparate treatment in many laws (in the United States ECOA, Regulation B, 12 CFR 1002.6, for credit, and "
    "Title VII for hiring), whatever it does for outcomes, and to collect the attribute may itself be forbidden: ask a lawyer "
    "before it is used."
)
"""The warning that goes with every candidate whose inputs hold a protected attribute."""


def fed(added: tuple[str, ...], before: tuple[str, ...]) -> str:
    """That a model is fed protected attributes: those that a method added, and those that the original is fed too."""
    told = []
    if added:
        told.append(
            f"It is fed {' and '.join(added)}, protected, which the original is not fed: the method added it."
        )
    if before:
        told.append(
            f"It is fed {' and '.join(before)}, protected, which was an input of the original before."
        )
    return " ".join(told) or "It is fed a protected attribute, which this record does not name."


class Needs(enum.StrEnum):
    """What a method cannot do without."""

    NOTHING = "nothing"
    PARITY = "parity"
    """A metric that is the lack of an equality of rates."""
    PROXIES = "proxies"
    """Declared proxies."""
    LEFT_OUT = "left out"
    """Something to leave out of the inputs: declared proxies, or a protected attribute among them."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to make a candidate.

    Attributes:
        name: as the command line and the record have it; the module of that name in ``assay.mitigation`` trains it.
        title: for readers. says: what it does, in one sentence. source: where it was published.
        needs: what it cannot do without. bounded: whether it is tried once for each bound of the gap that is asked for.
        control: whether it mitigates nothing, and is tried beside all others.
    """

    name: str
    title: str
    says: str
    source: str
    needs: Needs = Needs.NOTHING
    bounded: bool = False
    control: bool = False

    @property
    def module(self) -> str:
        """The name of its file."""
        return self.name.replace("-", "_")

    @property
    def looks_at_proxies(self) -> bool:
        """Whether a declared proxy makes a difference to it."""
        return self.needs in {Needs.PROXIES, Needs.LEFT_OUT}


_ALL = (
    Method(
        "retrained",
        "Retrained",
        "The same learner on the same rows without any mitigation: what differs from it is what a method did, and what differs "
        "from the original is also another learner.",
        "none: it is the control of the search",
        control=True,
    ),
    Method(
        "reweighing",
        "Reweighing",
        "Each training row weighs n(group) n(label) / (n n(group, label)), so that group and label are independent among the "
        "weighted rows.",
        "Kamiran & Calders 2012, Knowl. Inf. Syst. 33:1",
    ),
    Method(
        "resampling",
        "Resampling",
        "Rows of each group and label are drawn, or left out, at random until group and label are independent.",
        "uniform sampling of Kamiran & Calders 2012; drawn by imbalanced-learn (Lemaître et al. 2017, JMLR 18:1)",
    ),
    Method(
        "correlation-removal",
        "Correlation removal",
        "From each input is taken what a linear regression on the groups explains of it.",
        "fairlearn.preprocessing.CorrelationRemover",
    ),
    Method(
        "feature-adjustment",
        "Without proxies",
        "The protected columns and the declared proxies are left out of the inputs.",
        "the search for less discriminatory alternatives as regulators describe it; own",
        needs=Needs.LEFT_OUT,
    ),
    Method(
        "proxy-residuals",
        "Proxies adjusted",
        "From the declared proxies, and from these alone, is taken what a linear regression on the groups explains of them.",
        "fairlearn.preprocessing.CorrelationRemover, of the declared proxies",
        needs=Needs.PROXIES,
    ),
    Method(
        "constrained-training",
        "Constrained training",
        "A weighted vote of models, trained one after another so that the gap on the training rows stays under a bound "
        "(exponentiated gradient); scores are averaged, nothing is drawn at random.",
        "Agarwal et al. 2018, ICML; fairlearn.reductions.ExponentiatedGradient",
        needs=Needs.PARITY,
        bounded=True,
    ),
    Method(
        "group-thresholds",
        "Group thresholds",
        "Each group has a threshold of its own, set on out-of-fold scores of the training rows; the lottery between two "
        "thresholds that the method asks for is replaced by the likelier one.",
        "Hardt, Price & Srebro 2016, NeurIPS; fairlearn.postprocessing.ThresholdOptimizer",
        needs=Needs.PARITY,
    ),
    Method(
        "group-calibration",
        "Calibration per group",
        "In each group the score is calibrated by itself, on out-of-fold scores of the training rows (Platt scaling).",
        "Platt 1999; Pleiss et al. 2017, NeurIPS, on what calibration within groups can and cannot give",
    ),
)
METHODS = MappingProxyType({method.name: method for method in _ALL})
"""By name, in the order in which they are tried: from what touches least to what asks most of the law."""


class Parity(enum.StrEnum):
    """What is to be equal between groups, as fairlearn names it."""

    DEMOGRAPHIC = "demographic_parity"
    TRUE_POSITIVE = "true_positive_rate_parity"
    FALSE_POSITIVE = "false_positive_rate_parity"
    ODDS = "equalized_odds"


def parity_of(metric: str, favourable: int) -> Parity | None:
    """The equality that a fairness metric measures the lack of; None where none of these is.

    Equal opportunity is among those who deserve the favourable decision: where that is 0, it is about false positives.
    """
    if metric in {"fairness.demographic_parity", "fairness.impact_ratio"}:
        return Parity.DEMOGRAPHIC
    if metric == "fairness.equalized_odds":
        return Parity.ODDS
    if metric == "fairness.equal_opportunity":
        return Parity.TRUE_POSITIVE if favourable == 1 else Parity.FALSE_POSITIVE
    return None
