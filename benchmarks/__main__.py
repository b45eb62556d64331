"""``python -m benchmarks``: measure everything, say how it goes, write ``docs/benchmarks.md``."""

from __future__ import annotations

import argparse
import compileall
import tempfile
import time
from pathlib import Path

import assay
from benchmarks.adult_data import prepare
from benchmarks.fairness import compare
from benchmarks.gating import LARGE, both
from benchmarks.page import page
from benchmarks.passes import section, worked
from benchmarks.scanning import growing, predicting
from benchmarks.watch import ROOT


def main() -> None:
    """Read the sizes from the command line; the defaults are those of the bars and take about 20 minutes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows beside fairlearn")
    parser.add_argument("--scan-rows", type=int, default=10_000_000, help="rows beside the bare scan")
    parser.add_argument("--predict-rows", type=int, default=10_000_000, help="rows that the 100 trees score")
    parser.add_argument("--megabytes", type=int, default=LARGE, help="of the large model at the gate")
    parser.add_argument("--repeats", type=int, default=3, help="turns of each comparison")
    parser.add_argument("--output", type=Path, default=ROOT / "docs" / "benchmarks.md")
    asked = parser.parse_args()
    compileall.compile_dir(Path(assay.__file__).parent, quiet=1)  # as pip does with what it installs
    begun = time.perf_counter()

    def say(what: str) -> None:
        print(f"{time.perf_counter() - begun:7.1f} s  {what}", flush=True)

    with tempfile.TemporaryDirectory(prefix="assay-bench-") as folder:
        places = [Path(folder) / name for name in ("fairness", "growing", "predicting", "passing")]
        for place in places:
            place.mkdir()
        beside = compare(places[0], rows=asked.rows, repeats=asked.repeats, say=say)
        grown = growing(places[1], rows=asked.scan_rows, repeats=asked.repeats, say=say)
        predicted = predicting(places[2], rows=asked.predict_rows, repeats=asked.repeats, say=say)
        say("Adult, all stages: rows read and predictions")
        prepare(places[3])
        once, changed = (worked(places[3] / f"{name}.yaml")[1] for name in ("once", "specification"))
        gated = both(Path(folder), megabytes=asked.megabytes, repeats=asked.repeats, say=say)
    text = page(beside, grown, predicted, once) + "\n" + section(once, changed) + gated
    asked.output.parent.mkdir(parents=True, exist_ok=True)
    asked.output.write_text(text, encoding="utf-8")
    say(f"written to {asked.output.name}")
    print(text)


if __name__ == "__main__":
    main()
