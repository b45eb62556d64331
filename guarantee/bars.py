"""The bars, and which figures are held against them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from assay.stats.simulated_sizes import SIMULATED_SIZES

Row = Mapping[str, object]
Tables = Mapping[str, list[dict[str, object]]]
GRADE_A, GRADE_B, POINTS = 0.05, 0.06, 3.0
BAD_CERTIFIED, WRONG_CERTIFICATES = 0.002, 0.01
FEWEST_ROWS, FEWEST_CLUSTERS = 100, 50
FOUND, FALSE_ALARMS = 0.95, 0.05
"""Of planted defects, and on clean data."""
ERRORS = 3.0
"""A simulated figure misses a bar of grade A when it lies more than this many standard errors above it."""


@dataclass(frozen=True)
class Held:
    """One claim: its bar, the worst figure, the same of the point estimate, and whether the bar is met."""

    claim: str
    bar: str
    worst: str
    point: str
    met: bool


def held(tables: Mapping[str, Tables], *, confirmed: bool) -> list[Held]:
    """Every claim of a run. `confirmed`: the worst grade-B designs were simulated in full."""
    return [
        *_enumerated(tables["binomial"]),
        _tiny(tables["tiny"]),
        _end_to_end(tables["pipeline"], grade="A"),
        _end_to_end(tables["pipeline"], grade="B"),
        *_simulated(tables["simulated"], confirmed=confirmed),
        _losses(tables["losses"]),
        *_portfolio(tables["portfolio"]),
        _planner(
            "Power that `assay plan` prints, realised by the product",
            tables["power"],
            "off, points",
            noisy=not confirmed,
        ),
        _planner("Power at the planned rows, realised", tables["binomial"], "off the prediction, points"),
        _attempts(tables["attempts"]),
        _crash(tables["crash"]),
        _issued(tables["crash"]),
        _survived(tables["corrupted"]),
        _mutations(tables["mutations"]),
        _planted(tables["planted"]),
    ]


def _losses(tables: Tables) -> Held:
    rows = rows_with(tables, "certified wrongly by point estimates")
    worst = max(number(row, "certified wrongly") for row in rows)
    point = max(number(row, "certified wrongly by point estimates") for row in rows)
    claim = "Criteria about losses: a bad model is certified, all samples enumerated"
    return Held(claim, f"at most {GRADE_A:.0%}", f"{worst:.4f}", f"{point:.2f}", worst <= GRADE_A)


def _planted(tables: Tables) -> Held:
    """The defect that is found least often, and the one that is seen most often where it is not."""
    rows = rows_with(tables, "false alarms")
    least = min(number(row, "found") / number(row, "seeds") for row in rows)
    most = max(number(row, "false alarms") / number(row, "clean seeds") for row in rows)
    claim = f"{len(rows)} planted defects, found by their criterion ([all of them](planted-defects.md))"
    return Held(
        claim,
        f"≥ {FOUND:.0%} found, ≤ {FALSE_ALARMS:.0%} false alarms",
        f"{least:.0%} found, {most:.0%} false alarms",
        "",
        least >= FOUND and most <= FALSE_ALARMS,
    )


def _issued(tables: Tables) -> Held:
    harms = (
        "acknowledged certificates lost",
        "half issued",
        "logs that do not verify",
        "not finished by the next run",
        "ended without a sentence",
    )
    rows = rows_with(tables, "commands stopped")
    stopped = sum(number(row, "commands stopped") for row in rows)
    harm = sum(number(row, key) for row in rows for key in harms)
    claim = f"`assay issue` stopped at {stopped:.0f} writes, by kill -9 and by a full disk"
    return Held(
        claim, "nothing lost or half issued, the next run finishes", f"{harm:.0f} losses", "", harm == 0
    )


def _survived(tables: Tables) -> Held:
    rows = rows_with(tables, "escaped")
    files = int(sum(number(row, "corrupted files") for row in rows))
    ended = int(sum(number(row, "its child ended") for row in rows))
    escaped = int(sum(number(row, "escaped") for row in rows))
    claim = f"Of {files:,} corrupted model and data files, those that reached the process that decides"
    return Held(claim, "0", f"{escaped} ({ended:,} ended their child)", "", escaped == 0)


def number(row: Row, key: str) -> float:
    """The number under a key."""
    return float(str(row[key]))


def rows_with(tables: Tables, key: str) -> list[dict[str, object]]:
    """The rows of all tables that have this column."""
    return [row for rows in tables.values() for row in rows if key in row]


def _enumerated(tables: Tables) -> Iterable[Held]:
    for title, rows in tables.items():
        key = next((k for k in ("bound, audited", "bound") if k in rows[0]), None)
        if key is None:
            continue
        worst = max(number(row, key) for row in rows)
        point = next(k for k in rows[0] if k.startswith("point estimate"))
        claim = f"{title.partition(':')[0]}: size enumerated in {len(rows)} designs"
        most = max(number(row, point) for row in rows)
        yield Held(claim, f"≤ {GRADE_A:.4f}", f"{worst:.5f}", f"{most:.3f}", worst <= GRADE_A)


def _tiny(tables: Tables) -> Held:
    rows = rows_with(tables, "certified wrongly, at most")
    met = all(number(row, "certified wrongly, at most") <= number(row, "alpha") for row in rows)
    worst = max(rows, key=lambda row: number(row, "certified wrongly, at most") / number(row, "alpha"))
    share = number(worst, "certified wrongly, at most")
    point = max(number(row, "point estimate certifies wrongly") for row in rows)
    claim = f"P(certified, a criterion violated), {len(rows)} tiny worlds enumerated through `decide`"
    return Held(claim, "≤ alpha", f"{share:.4f} at alpha {worst['alpha']}", f"{point:.3f}", met)


def _end_to_end(tables: Tables, *, grade: str) -> Held:
    rows = [row for row in rows_with(tables, "certified wrongly") if row["grade"] == grade]
    bar = GRADE_A if grade == "A" else GRADE_B
    worst = max(rows, key=lambda row: number(row, "certified wrongly"))
    reps, share = number(worst, "samples"), number(worst, "certified wrongly")
    error = (bar * (1 - bar) / reps) ** 0.5
    claim = f"End to end at the threshold, grade {grade}, {len(rows)} scenarios of {reps:,.0f} samples"
    said = f"≤ {bar} (simulated; a miss is more than {bar + ERRORS * error:.4f})"
    point = max(number(row, "point estimate certifies") for row in rows)
    return Held(claim, said, f"{share:.4f}", f"{point:.3f}", share <= bar + ERRORS * error)


def counts_for_bar(row: Row) -> bool:
    """Whether a grade-B design has enough rows per class, or clusters, for the bar to hold."""
    return number(row, "size") >= (FEWEST_CLUSTERS if row["rule"] == "clustered" else FEWEST_ROWS)


def _simulated(tables: Tables, *, confirmed: bool) -> Iterable[Held]:
    """Rules with a recorded size are of grade B; the others are exact, and no enumeration covers them."""
    rows = [row for row in rows_with(tables, "certified wrongly") if counts_for_bar(row)]
    full = [row for row in rows if row["confirmed"]] if confirmed else rows
    for grade, bar, errors in (("B", GRADE_B, 0.0 if confirmed else 4.0), ("A", GRADE_A, ERRORS)):
        of_grade = [row for row in full if (row["rule"] in SIMULATED_SIZES) == (grade == "B")]
        designs = sum((row["rule"] in SIMULATED_SIZES) == (grade == "B") for row in rows)
        worst = max(of_grade, key=lambda row: number(row, "certified wrongly"))
        share, reps = number(worst, "certified wrongly"), number(worst, "samples")
        slack = errors * (bar * (1 - bar) / reps) ** 0.5
        claim = f"Grade-{grade} rules at the threshold, {designs} designs, the worst with {reps:,.0f} samples"
        said = f"≤ {bar}" + (f" (simulated; a miss is more than {bar + slack:.4f})" if slack else "")
        point = max(number(row, "point estimate certifies") for row in of_grade)
        yield Held(claim, said, f"{share:.4f} ({worst['rule']})", f"{point:.3f}", share <= bar + slack)


def _portfolio(tables: Tables) -> Iterable[Held]:
    for claim, key, bar in (
        (
            "Bad models of two random portfolios that are certified",
            "bad models certified",
            BAD_CERTIFIED,
        ),
        ("Certificates of those portfolios that are wrong", "wrong certificates", WRONG_CERTIFICATES),
    ):
        rows = rows_with(tables, f"{key}, bounds")
        worst = max(number(row, f"{key}, bounds") for row in rows)
        points = [number(row, f"{key}, point estimate") for row in rows]
        said = f"{min(points):.1%} to {max(points):.1%}"
        yield Held(claim, f"≤ {bar:.1%}", f"{worst:.2%}", said, worst <= bar)
    rows = rows_with(tables, "agreement")
    least = min(number(row, "agreement") for row in rows)
    asked = sum(int(str(row["models asked again"])) for row in rows)
    yield Held(
        f"Screening agrees with `decide` on {asked:,} tables of the portfolios",
        "100 %",
        f"{least:.2%}",
        "",
        least == 1,
    )


def _planner(claim: str, tables: Tables, key: str, *, noisy: bool = False) -> Held:
    """`noisy`: a quick run's realised power has a standard error of 2 points, of which three are allowed."""
    rows = rows_with(tables, key)
    worst = max((number(row, key) for row in rows), key=abs)
    bar = POINTS + (6.0 if noisy else 0.0)
    return Held(
        f"{claim}, {len(rows)} designs", f"within {bar:.0f} points", f"{worst:+.2f}", "", abs(worst) <= bar
    )


def _crash(tables: Tables) -> Held:
    rows = rows_with(tables, "writers killed")
    killed = sum(number(row, "writers killed") for row in rows)
    harm = sum(
        number(row, "acknowledged entries lost") + number(row, "logs that do not verify") for row in rows
    )
    claim = f"The log after kill -9 at {killed:.0f} write boundaries, {len(rows)} databases"
    return Held(claim, "nothing acknowledged lost, every log verifies", f"{harm:.0f} losses", "", harm == 0)


def _attempts(tables: Tables) -> Held:
    """By the exact figures; the simulated ones stand beside them."""
    rows = rows_with(tables, "end certified")
    kept = [number(row, "exact") for row in rows if row["exact"] != ""]
    free = [number(row, "end certified") for row in rows if row["exact"] == ""]
    claim = f"500 adaptive attempts on the same rows under a ledger, {len(kept)} schedules"
    return Held(
        claim,
        f"≤ {GRADE_A}",
        f"{max(kept):.4f}",
        f"{min(free):.0%} to {max(free):.0%} without",
        max(kept) <= GRADE_A,
    )


def _mutations(tables: Tables) -> Held:
    rows = rows_with(tables, "mutations accepted")
    tried = sum(number(row, "mutations tried") for row in rows)
    accepted = sum(number(row, "mutations accepted") for row in rows)
    claim = f"{tried:,.0f} single-byte mutations of everything that a verifier is shown"
    return Held(claim, "none accepted", f"{accepted:.0f} accepted", "", accepted == 0)
