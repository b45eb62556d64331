"""The page: what is claimed, how it was shown, the worst figures first."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Mapping
from importlib.metadata import version

from assay import __version__
from guarantee.bars import Held, Tables

MOST_ROWS = 12
WORST = (
    "certified wrongly",
    "certified wrongly, at most",
    "bound, audited",
    "bound",
    "off, points",
    "off the prediction, points",
)

HEAD = """\
# The guarantee, measured

This page is written by `make guarantee`; do not edit it. It has the same content on every machine with the same
versions, which are listed at the end.

## What is claimed

**A model that violates at least one critical criterion is certified with probability at most alpha (here .05 unless
said otherwise)**, however many criteria there are and however they depend on each other. A certificate needs every
piece of every critical criterion to pass a test of level alpha of its own, and a bad model violates one of them
(intersection-union test; Berger 1982). The claim is about independent rows that nobody has seen, and about one
attempt; it is not the share of certificates that are wrong, which depends on what is submitted.

Rules of grade A are exact: their worst case is *enumerated*, not simulated. Rules of grade B are asymptotic: their
worst case is *simulated*, and the claim for them is .06 from 100 rows per class, or 50 clusters, on.

Beside every figure stands that of the usual pipeline, which compares **point estimates** with the same thresholds
on the same tables.

## The worst figures

"""

SECTIONS = (
    (
        "tiny",
        "Complete worlds",
        (
            "Two groups, at most 12 rows, two critical criteria. Every possible table of counts goes through the product's "
            "own check, `assess`, `judge` and `decide`; the probability of `certified` is then a finite sum for every "
            "population. An adversary climbs from hundreds of starts along every way of violating a criterion, and beyond "
            "it, to the population that is certified most often."
        ),
    ),
    (
        "pipeline",
        "End to end at the threshold",
        (
            "Larger populations with exactly one criterion at its threshold, three others comfortably satisfied (the last "
            "column says how often those could all pass). Every certificate here is wrong. Simulated: a share of .05 has a "
            "standard error of .0022 with 10,000 samples."
        ),
    ),
    (
        "portfolio",
        "Portfolios of random models",
        (
            "20,000 models with random recall and false-alarm rates in four groups, a thousand on each of twenty test "
            "sets of every size, judged by five critical criteria. *Near-boundary* bad models miss every threshold by "
            "less than .02. How often bad models are certified depends on how many of them are nearly good, so there "
            "are two portfolios. The one with less variety was tried first, in a trial of 1,000 models that certified "
            "1 of its 215 bad ones on 20,000 rows; the other was then made of it by widening two ranges until half of "
            "the models were bad. The bars are held against both. Good models that are not certified are mostly "
            "inconclusive: the price is power, and the planner says so beforehand."
        ),
    ),
    (
        "binomial",
        "Rates, comparisons and paired decisions, enumerated",
        (
            "Sums over all tables, maximised over the nuisance parameter by a rigorous bound (interval bounding, not a "
            "grid). *Nominal 0.05* is the same rule without the audit of its size: where it exceeds .05 the audit is what "
            "keeps the promise."
        ),
    ),
    (
        "simulated",
        "Grade-B rules, simulated at the threshold",
        (
            "AUC, losses, calibration, observed over expected, weights and clusters, on populations whose true value is "
            "known. Every design is simulated briefly; the worst of each rule are then simulated in full (*confirmed*), "
            "and those count. `python -m guarantee.simulated --reps 10000` simulates all of them in full."
        ),
    ),
    (
        "losses",
        "Means of losses and their gaps, enumerated",
        (
            "Samples so small that all of them are listed, each judged by the product's own pieces. The adversary tries every law on "
            "two places of the grid with every share of a third, at the threshold; of two groups, at 41 means of the second."
        ),
    ),
    (
        "power",
        "The planner",
        "What `assay plan` says a good model's chance is, against how often the product then passes it.",
    ),
    (
        "attempts",
        "The test set is a budget",
        (
            "Candidates whose true rate lies at the threshold, so that each certificate is wrong, and an attacker who makes "
            "the next one from what was released of those before. Without a ledger everybody gets a certificate in the end. "
            "With one, a schedule spends alpha in shares, tells one bit, and closes at the first pass."
        ),
    ),
    (
        "crash",
        "The log and `assay issue` under kill -9 and on a full disk",
        (
            "A writer appends and acknowledges. Its parent traces it and kills it when it enters or leaves one of its "
            "system calls that write, so that every boundary between two writes is met on purpose. Then the log is "
            "opened, recomputed from its entries, and compared with what was acknowledged: all of that is there, and "
            "of what was not, all or nothing of an append. `assay issue` is stopped likewise, and on SQLite also by a disk "
            "that takes no byte from its n-th write to a file on: then the gate must not let through what the log does not "
            "hold, and the next run finishes with the same certificate. A power cut is not simulated: the databases are "
            "told to sync each commit, and their word is taken for it."
        ),
    ),
    (
        "corrupted",
        "Corrupted files",
        (
            "Sound models and tables of every format with bits flipped, bytes exchanged, cut, repeated or left out, and "
            "numbers made extreme. Each is opened behind fences. *Its child ended* is a crash, a deadline or a limit that "
            "a process without fences would have shared; *escaped* is anything but a sentence in the process that decides."
        ),
    ),
    (
        "mutations",
        "One byte of what is presented",
        (
            "A good certificate, and everything around it, with one byte changed, left out or put in: distinct places and "
            "values, drawn with a fixed seed. Certificate, status, proof and exported log go through the eleven steps, as "
            "do the documents that the certificate stands on; files of the model and of the data lie on disk and are "
            "digested anew; a policy is offered to the log with the signatures of its root keys. The policy file that a "
            "verifier holds is not among them: it is what everything else is held against, and must come by a way that is "
            "trusted."
        ),
    ),
)


def page(tables: Mapping[str, Tables], claims: list[Held], command: str) -> str:
    """The whole page as Markdown."""
    parts = [HEAD, _summary(claims)]
    for name, title, says in SECTIONS:
        parts.append(f"\n## {title}\n\n{says}\n")
        for table, rows in tables[name].items():
            parts.append(f"\n### {table}\n\n{_table(rows)}")
    parts.append(_foot(command))
    return "".join(parts)


def _summary(claims: list[Held]) -> str:
    rows: list[dict[str, object]] = [
        {
            "claim": c.claim,
            "bar": c.bar,
            "worst": c.worst,
            "point estimates, worst": c.point,
            "met": "yes" if c.met else "**NO**",
        }
        for c in claims
    ]
    return _markdown(rows)


def _table(rows: list[dict[str, object]]) -> str:
    key = next((k for k in WORST if k in rows[0]), None)
    shown = sorted(rows, key=lambda row: -abs(float(str(row[key])))) if key else rows
    if key == "certified wrongly" and "confirmed" in rows[0]:
        shown = sorted(shown, key=lambda row: not row["confirmed"])
    limit = MOST_ROWS if len(rows) > 2 * MOST_ROWS and key != "off, points" else len(rows)
    if "at its threshold" in rows[0]:
        limit = len(rows)
    cut = f"\nThe {limit} worst of {len(rows)} designs.\n" if limit < len(rows) else ""
    return _markdown(shown[:limit]) + cut


def _markdown(rows: list[dict[str, object]]) -> str:
    head = list(rows[0])
    lines = [head, ["---"] * len(head), *([_said(row[k]) for k in head] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.5f}".rstrip("0").rstrip(".") or "0"
    if isinstance(value, int):
        return f"{value:,}"
    return str(value).replace("|", "\\|")


def _foot(command: str) -> str:
    versions = ", ".join(_versions())
    return f"""
## To reproduce

`{command}` in a checkout with the pinned packages (`make guarantee`). Seeds are fixed: 20261124 for the portfolio and
the planned rows, and for everything else a checksum of the design's own name, so that adding a design changes no other
figure. `--json FILE` writes every row of every table.

Versions: {versions}.
"""


def _versions() -> Iterable[str]:
    yield f"assay {__version__}"
    yield f"Python {'.'.join(platform.python_version_tuple()[:2])}"
    for package in ("numpy", "scipy"):
        yield f"{package} {version(package)}"
