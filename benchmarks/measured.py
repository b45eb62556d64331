"""The measuring of ``assay certify`` alone, without its plan and its dossier: ``python -m benchmarks.measured SPEC``.

Everything between is there: digests, a reader child, a worker, a model child, partials on disk, merging, evidence.
Prints, as JSON, the seconds of the measuring by the clock and by the processors, those of the look at the rows before it
and of the sketches by which they are known again, and the evidence digest.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from assay.app.judging.case import open_case
from assay.app.judging.count import count
from assay.app.judging.looking import look
from assay.app.judging.measure import measure, measure_others
from assay.app.judging.open_engine import open_engine
from assay.app.judging.used_rows import used_rows
from assay.app.verifying.evidence import evidence_digest
from assay.domain.record import Evidence


def main() -> None:
    """Measure what the specification asks with so many workers, using nothing of an earlier run."""
    path, workers = Path(sys.argv[1]), int(sys.argv[2])
    case = open_case(path)
    with open_engine(path, workers=workers, reuse=False) as engine:
        before = time.perf_counter()
        case = look(case, engine, beside=())
        used_rows(case, engine, bytes(32), ())
        before = time.perf_counter() - before
    clock, cpu = time.perf_counter(), _cpu()
    with open_engine(path, workers=workers, reuse=False) as engine:
        measured = measure(case, engine, measure_others(case, engine))
    clock, cpu = time.perf_counter() - clock, _cpu() - cpu
    if measured.failure is not None:
        raise measured.failure
    found = tuple(c.statistic for c in count(case, measured) if c.statistic is not None)
    digest = evidence_digest(Evidence(case.seed, case.sources, found))
    print(json.dumps({"clock": clock, "cpu": cpu, "before": before, "evidence": digest}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


if __name__ == "__main__":
    main()
