"""The four-fifths rule where membership of a group is known only as a probability."""

from __future__ import annotations

from decimal import Decimal

from assay.checks.by_probability import ASKED, members_view
from assay.checks.check import AT_LEAST, ONE, Example, check
from assay.checks.counting.proxied import PARAMETERS, columns, probable, proxied
from assay.domain.evidence import Compare, Counts
from assay.domain.metric import Unit
from assay.domain.needs import TabulatedOutcomes
from assay.domain.vocabulary import Comparator, Verdict
from assay.tally.table import TableView


@check(
    id="fairness.impact_ratio_by_probability",
    title="Impact ratio by probability of membership",
    estimand="The ratio between the favourable-decision rates of the members of a group and of all others, either over the other, where "
    "membership is known only as the probability of a proxy model.",
    unit=Unit.SHARE,
    reading="weighted by the probability of membership, favourable decisions are {value} as frequent for {first} as for {second}",
    need=TabulatedOutcomes(probable, columns),
    comparators=AT_LEAST,
    ideal=ONE,
    parameters=PARAMETERS,
    examples=(
        Example(
            says="The proxy model is nearly sure of everybody, and both are approved in 90 % of cases.",
            view=lambda: members_view({0.01: 0.90, 0.99: 0.90}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.PASS,
            arguments=ASKED,
        ),
        Example(
            says="It is nearly sure of everybody, and 90 % and 60 % are approved.",
            view=lambda: members_view({0.01: 0.90, 0.99: 0.60}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.FAIL,
            arguments=ASKED,
        ),
        Example(
            says="It knows little, and half of all are approved: all of these may be members, or none.",
            view=lambda: members_view({0.30: 0.50, 0.70: 0.50}),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.INCONCLUSIVE,
            arguments=ASKED,
        ),
        Example(
            says="A hundred rows are too few for the method.",
            view=lambda: members_view({0.01: 0.90, 0.99: 0.90}, rows=50),
            comparator=Comparator.AT_LEAST,
            threshold="0.80",
            verdict=Verdict.NOT_EVALUABLE,
            arguments=ASKED,
        ),
    ),
)
def impact_ratio_by_probability(
    view: TableView, *, probability: str, member: str, calibration_error: Decimal, bins: int
) -> Counts:
    """The ratio of favourable decisions of members and others, with bounds that hold however decisions go with membership.

    Purpose:
        The four-fifths rule (29 CFR 1607.4(D)) for groups that nobody asked about, and that are estimated from name and address (BISG): a
        ratio of rates that are computed as if membership were known is wrong in a direction that nobody knows.
    Method:
        Rows are cut into bins of the probability. Within each, favourable decisions may be those of members or those of others: the
        Frechet bounds of P(favourable, member), with the share of members anywhere within the stated error of the mean probability
        (Kallus, Mao & Zhou 2022, Management Science 68:1959). The criterion passes only if the lower limit of the lower end satisfies
        the threshold, and fails only by the upper limit of the upper end. Limits by the delta method of the logarithm, with an allowance for minima of nearly equal means. The estimate weights
        rows by their probability, which assumes that decisions have nothing to do with membership beyond it (Chen, Kallus, Mao, Svacha
        & Udell 2019, FAT*, who show how far off it and a cut at one half are).
    Limits:
        The calibration error is declared, not tested: it must come from data on which membership is known, for the people and the bins at
        hand. Bounds are wide unless the proxy is nearly sure of most people or nearly all decisions are alike; more rows do not make them
        narrower. Bins are declared before the rows are seen: more of them are narrower in truth and cost more to estimate. An
        association, not a cause.
    Remedy:
        Collect membership of a random part of the people, by consent or by law, and ask fairness.impact_ratio; or use a proxy
        model that knows more.
    Oracle:
        Linear programs over all joint distributions (scipy.optimize.linprog), and fairness.impact_ratio's figure where membership is known
        (tests/checks/test_proxied.py); its size by simulation (guarantee/proxied_designs.py).
    """
    return proxied(
        view,
        Compare.RATIO,
        probability=probability,
        member=member,
        calibration_error=calibration_error,
        bins=bins,
    )
