"""How often each grade-B rule decided wrongly on a model that sits exactly at the threshold, as simulated.

For each rule and each level at which it was simulated: a size (rows; of the smaller class for areas and average precision; effective rows for
weighted rates; effective clusters for clustered ones) and the worst share of samples at that size or a larger one, over
all populations tried, ladders of losses among them, and both directions. A rule is not used below its smallest size: its
error rate there is not known.

Reproduce with ``python -m guarantee.simulated --levels --reps 20000 --screen 1000``. Areas, average precision, means, calibration errors and
observed over expected have 20,000 samples, the worst four of each size after 1,000 of all. Weights and clusters, whose
samples take longer and which no built-in check uses, have 4,000 to 8,000 of designs that were the worst before, and of
ladders; shares of theirs at other levels than .05 are not given as less than the level, and those at .05 are of 10,000
samples of a rule that was nowhere more cautious, or of today's if more.
Of explained variance there are 10,000, after 500 of all.
Of two groups in strata (the smallest cell's rows; the smaller sum, for the odds ratio; refused or favoured of a
stratum, for the disparity), of effects along the paths of a causal graph (the smallest cell's rows; the smallest stratum's,
for the spurious one) and of members known by probabilities (expected rows of the rarest kind) there are 10,000 samples, after
300 of all designs. Shares of the indirect effect are those of its limits before they paid for products, which were nowhere wider:
today's came to .039 at .05, and in a search of 900 random populations to .050; those of the direct one are the worst of two runs. Of
the spurious one there are 40,000 samples after 2,000 of all, and 20,000 of the worst of 650 random populations, if those had more.
"""

from __future__ import annotations

from typing import Final

AT_LEVELS: dict[str, dict[float, tuple[tuple[int, float], ...]]] = {
    "auc": {
        0.001: ((50, 0.0010),),
        0.010: ((50, 0.0100),),
        0.025: ((50, 0.0284), (300, 0.0243)),
        0.050: ((50, 0.0538), (300, 0.0504), (1000, 0.0496)),
        0.100: ((50, 0.1015), (1000, 0.1003)),
        0.200: ((50, 0.2061), (1000, 0.2014)),
        0.500: ((50, 0.5068), (1000, 0.5037)),
    },
    "average_precision": {
        0.001: ((50, 0.0014),),
        0.010: ((50, 0.0094),),
        0.025: ((50, 0.0238),),
        0.050: ((50, 0.0497),),
        0.100: ((50, 0.1045), (1000, 0.1021)),
        0.200: ((50, 0.2221), (200, 0.2122), (1000, 0.2039)),
        0.500: ((50, 0.5675), (200, 0.5385), (1000, 0.5070)),
    },
    "auc_difference": {
        0.001: ((50, 0.0010), (1000, 0.0008)),
        0.010: ((50, 0.0097),),
        0.025: ((50, 0.0219),),
        0.050: ((50, 0.0466),),
        0.100: ((50, 0.0950),),
        0.200: ((50, 0.1917),),
        0.500: ((50, 0.4918),),
    },
    "mean": {
        0.001: ((100, 0.0014),),
        0.010: ((100, 0.0103), (5000, 0.0101)),
        0.025: ((100, 0.0256), (5000, 0.0253)),
        0.050: ((100, 0.0513),),
        0.100: ((100, 0.1017),),
        0.200: ((100, 0.2021),),
        0.500: ((100, 0.5005),),
    },
    "explained": {
        0.001: ((100, 0.0010), (5000, 0.0008)),
        0.010: ((100, 0.0089), (5000, 0.0085)),
        0.025: ((100, 0.0229),),
        0.050: ((100, 0.0459),),
        0.100: ((100, 0.0939),),
        0.200: ((100, 0.1971),),
        0.500: ((100, 0.4860),),
    },
    "ks_calibration": {
        0.001: ((100, 0.0014),),
        0.010: ((100, 0.0106),),
        0.025: ((100, 0.0260),),
        0.050: ((100, 0.0525),),
        0.100: ((100, 0.1024),),
        0.200: ((100, 0.2005),),
        0.500: ((100, 0.5000), (20000, 0.4989)),
    },
    "ece": {
        0.001: ((100, 0.0015), (20000, 0.0012)),
        0.010: ((100, 0.0109),),
        0.025: ((100, 0.0267), (20000, 0.0254)),
        0.050: ((100, 0.0508), (20000, 0.0502)),
        0.100: ((100, 0.0997),),
        0.200: ((100, 0.2011), (1000, 0.1988), (20000, 0.1981)),
        0.500: ((100, 0.4979),),
    },
    "observed_expected": {
        0.001: ((100, 0.0013),),
        0.010: ((100, 0.0103), (20000, 0.0100)),
        0.025: ((100, 0.0257),),
        0.050: ((100, 0.0503),),
        0.100: ((100, 0.1009),),
        0.200: ((100, 0.2003),),
        0.500: ((100, 0.4990), (20000, 0.4981)),
    },
    "weighted": {
        0.001: ((73, 0.0010),),
        0.010: ((73, 0.0100),),
        0.025: ((73, 0.0250),),
        0.050: ((73, 0.0494),),
        0.100: ((73, 0.1002),),
        0.200: ((73, 0.2000),),
        0.500: ((73, 0.5000),),
    },
    "clustered": {
        0.001: ((33, 0.0010),),
        0.010: ((33, 0.0100),),
        0.025: ((33, 0.0250),),
        0.050: ((33, 0.0586), (75, 0.0545), (300, 0.0524)),
        0.100: ((33, 0.1000),),
        0.200: ((33, 0.2000),),
        0.500: ((33, 0.5000),),
    },
    "mantel_haenszel": {
        0.001: ((20, 0.0016),),
        0.010: ((20, 0.0120),),
        0.025: ((20, 0.0278),),
        0.050: ((20, 0.0563),),
        0.100: ((20, 0.1085),),
        0.200: ((20, 0.2070),),
        0.500: (
            (20, 0.5142),
            (200, 0.5130),
        ),
    },
    "kitagawa": {
        0.001: ((20, 0.0016),),
        0.010: (
            (20, 0.0107),
            (200, 0.0095),
        ),
        0.025: (
            (20, 0.0243),
            (200, 0.0240),
        ),
        0.050: ((20, 0.0508),),
        0.100: ((20, 0.0986),),
        0.200: ((20, 0.1983),),
        0.500: ((20, 0.4922),),
    },
    "composition": {
        0.001: ((200, 0.0016),),
        0.010: ((200, 0.0109),),
        0.025: ((200, 0.0284),),
        0.050: ((200, 0.0539),),
        0.100: ((200, 0.1042),),
        0.200: ((200, 0.2107),),
        0.500: ((200, 0.5036),),
    },
    "reversal": {
        0.001: ((20, 0.0012),),
        0.010: (
            (20, 0.0091),
            (200, 0.0083),
        ),
        0.025: ((20, 0.0234),),
        0.050: (
            (20, 0.0462),
            (200, 0.0455),
        ),
        0.100: (
            (20, 0.0965),
            (200, 0.0962),
        ),
        0.200: ((20, 0.1952),),
        0.500: (
            (20, 0.4948),
            (200, 0.4943),
        ),
    },
    "disparity": {
        0.001: ((20, 0.0013),),
        0.010: ((20, 0.0099),),
        0.025: ((20, 0.0267),),
        0.050: ((20, 0.0514),),
        0.100: ((20, 0.0993),),
        0.200: ((20, 0.1978),),
        0.500: ((20, 0.4945),),
    },
    "direct_effect": {
        0.001: ((50, 0.0015),),
        0.010: ((50, 0.0102),),
        0.025: ((50, 0.0255),),
        0.050: ((50, 0.0520),),
        0.100: ((50, 0.1002),),
        0.200: ((50, 0.1960),),
        0.500: ((50, 0.4897),),
    },
    "indirect_effect": {
        0.001: ((50, 0.0015),),
        0.010: ((50, 0.0115),),
        0.025: ((50, 0.0282),),
        0.050: ((50, 0.0582),),
        0.100: ((50, 0.1048),),
        0.200: ((50, 0.2087),),
        0.500: ((50, 0.5092),),
    },
    "spurious_effect": {
        0.001: ((200, 0.0014),),
        0.010: ((200, 0.0110),),
        0.025: ((200, 0.0241),),
        0.050: ((200, 0.0510),),
        0.100: ((200, 0.0973),),
        0.200: ((200, 0.1960),),
        0.500: ((200, 0.4927),),
    },
    "proxied": {
        0.001: (
            (100, 0.0015),
            (500, 0.0014),
        ),
        0.010: (
            (100, 0.0129),
            (500, 0.0116),
        ),
        0.025: (
            (100, 0.0280),
            (500, 0.0270),
        ),
        0.050: (
            (100, 0.0546),
            (500, 0.0535),
        ),
        0.100: ((100, 0.1056),),
        0.200: (
            (100, 0.2045),
            (500, 0.2023),
        ),
        0.500: ((100, 0.5069),),
    },
}
"""Rule -> level -> size -> share."""
LEVELS: Final = tuple(sorted(AT_LEVELS["mean"]))
ALPHA: Final = 0.05
SIMULATED_SIZES: Final = {rule: levels[ALPHA] for rule, levels in AT_LEVELS.items()}
"""Rule -> size -> share at the usual level."""


def simulated_size(rule: str, n: int, alpha: float) -> float | None:
    """The worst simulated share of a rule at the largest tabulated size not above n; None below the smallest.

    At the smallest level simulated that is at least alpha: limits nest, so at alpha the share is no larger. None above the
    largest level.
    """
    level = next((one for one in LEVELS if alpha <= one * (1 + 1e-9)), None)
    found = [share for at, share in AT_LEVELS[rule][level] if at <= n] if level is not None else []
    return found[-1] if found else None
