"""A full certification of Adult (48,842 people, 14 columns) beside what two peers report of the same scores: ``python -m benchmarks.adult``."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import venv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import assay
from assay.domain.evidence import Census
from benchmarks.adult_data import prepare
from benchmarks.passes import Worked, section, worked
from benchmarks.watch import ROOT, run

PAGE = ROOT / "docs" / "adult.md"
AIF360 = ("aif360==0.6.1", "pandas==2.3.3", "numpy==2.2.6", "scikit-learn==1.9.1", "scipy==1.17.1")
PEERS = Path(__file__).with_name("adult_peers.py")
SHARED = ("accuracy", "impact ratio, sex", "demographic parity, sex", "equal opportunity, sex")


@dataclass(frozen=True)
class Spent:
    """Seconds by the clock, and by the processors."""

    clock: float
    processors: float

    def __str__(self) -> str:
        return f"{self.clock:.1f} ({self.processors:.1f})"


def peer_environment(folder: Path) -> str:
    """The interpreter of an environment of AIF360's own: its versions of numpy and pandas are not ours."""
    venv.create(folder, with_pip=True)
    python = str(folder / "bin" / "python")
    run(
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--only-binary",
        ":all:",
        *AIF360,
    )
    return python


def points(record: assay.Record) -> dict[str, float]:
    """Our point values of what all three report; ratios and differences of the worst pair of groups."""
    found = {
        judged.assessment.criterion: judged.assessment.estimate.value
        for judged in record.judged
        if judged.assessment.estimate is not None
    }
    return {
        "accuracy": found["performance.accuracy"],
        "impact ratio, sex": found["fairness.impact_ratio-sex"],
        "demographic parity, sex": found["fairness.demographic_parity-sex"],
        "equal opportunity, sex": found["fairness.equal_opportunity-sex"],
    }


def page(
    record: assay.Record,
    whole: Worked,
    once: Worked,
    spent: dict[str, Spent],
    peers: dict[str, dict[str, float]],
) -> str:
    """The page as Markdown."""
    ours = points(record)
    verdicts = Counter(judged.verdict for judged in record.judged)
    figures = sum(len(judged.assessment.pieces) for judged in record.judged)
    counted = {found.criterion for found in record.statistics if isinstance(found.counts, Census)}
    bounded = sum(
        len(judged.assessment.pieces)
        for judged in record.judged
        if judged.assessment.criterion not in counted
    )
    stages = sorted({criterion.stage.value for criterion in record.specification.criteria})
    rows = [
        (
            "seconds of the whole process, by the clock (by the processors)",
            *(str(spent[side]) for side in ("assay", *peers)),
        ),
        ("figures reported", f"{figures}", *(f"{len(found)}" for found in peers.values())),
        ("of them with a confidence bound", f"{bounded}", *("0" for _ in peers)),
        ("verdicts", f"{len(record.judged)}", *("0" for _ in peers)),
        ("stages", ", ".join(stages), *("performance, fairness" for _ in peers)),
        *(
            (
                name,
                f"{ours[name]:.6f}",
                *(f"{found[name]:.6f}" if name in found else "" for found in peers.values()),
            )
            for name in SHARED
        ),
    ]
    head = ("", "Assay", *peers)
    table = "".join(f"| {' | '.join(line)} |\n" for line in (head, ("---",) * len(head), *rows))
    said = ", ".join(
        f"{count} {verdict.value.replace('_', ' ')}" for verdict, count in sorted(verdicts.items())
    )
    judged = "".join(f"| {_line(one)} |\n" for one in record.judged)
    return f"""\
# Adult, all stages, beside two peers

Written by `python -m benchmarks.adult`; do not edit it. Adult is UCI 2 as its publishers split it: 32,561 rows to learn from and
16,281 to be judged on, 14 columns. LightGBM, 100 trees, without sex and race among its inputs. {len(record.judged)} criteria: {said}.

{section(once, whole)}
## Side by side

The peers are handed the scores; Assay asks the model, and checks data, overlap and robustness as well. AIF360 and its own numpy
and pandas are in an environment of their own. Their figures are points. Two cores, which also did other work.

{table}
## What was judged

| criterion | verdict | why |
| --- | --- | --- |
{judged}"""


def _line(judged: Any) -> str:
    cells = (judged.assessment.criterion, judged.verdict.value.replace("_", " "), judged.sentence)
    return " | ".join(cell.replace("|", "\\|") for cell in cells)


def _timed(*command: str, expected: tuple[int, ...] = (0,)) -> tuple[str, Spent]:
    """What a process printed, and the seconds that it and its children took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = run(*command, expected=expected)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return done.output, Spent(done.seconds, worked)


def measured(folder: Path, python: str) -> str:
    """Prepare, certify, ask the peers, and write it down.

    Raises:
        RuntimeError: when a figure that all report differs by more than 1e-9.
    """
    prepare(folder)
    record, whole = worked(folder / "specification.yaml")
    _, once = worked(folder / "once.yaml")
    peers, spent = {}, {}
    for side, interpreter in (("fairlearn", sys.executable), ("aif360", python)):
        printed, spent[side] = _timed(interpreter, str(PEERS), side, str(folder / "scored.csv"))
        peers[side] = json.loads(printed.splitlines()[-1])
    _, spent["assay"] = _timed(
        sys.executable, "-m", "assay", "certify", "--certify-without-a-lock", str(folder / "specification.yaml"), "--no-cache",
        "--certify-a-hopeless-specification", "--workers", "2", expected=(0, 1),
    )  # fmt: skip
    for side, found in peers.items():
        for name in SHARED:
            if name in found and abs(found[name] - points(record)[name]) > 1e-9:
                raise RuntimeError(
                    f"{name}: {side} reports {found[name]!r} and Assay {points(record)[name]!r}"
                )
    return page(record, whole, once, spent, peers)


def main() -> None:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.adult", description=__doc__)
    parser.add_argument("--python", default="", help="an interpreter that has AIF360; by default one is made")
    parser.add_argument("--output", type=Path, default=PAGE)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="assay-adult-") as name:
        folder = Path(name)
        python = asked.python or peer_environment(folder / "peer")
        text = measured(folder, python)
    asked.output.write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
