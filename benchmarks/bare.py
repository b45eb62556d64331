"""The least that a scan and a prediction can cost: ``iter_batches -> booster.predict``, and nothing counted.

``python -m benchmarks.bare FILE MODEL``, or without a model the scan alone. Prints the seconds of the loop by the clock and by
the processor, as JSON.
"""

from __future__ import annotations

import json
import sys
import time

import numpy as np
import pyarrow.parquet as pq

from benchmarks.tables import FEATURES, GROUP_COLUMNS


def main() -> None:
    """Read every row once, in batches as large as Assay's, and ask the model when there is one."""
    path, model = sys.argv[1], sys.argv[2:]
    file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    booster = None
    if model:
        import lightgbm

        booster = lightgbm.Booster(model_file=model[0])
    clock, cpu = time.perf_counter(), time.process_time()
    columns = list((*FEATURES, "sex", "y") if booster else GROUP_COLUMNS)
    for batch in file.iter_batches(65_536, columns=columns, use_threads=False):
        if booster is not None:
            rows = np.column_stack([batch.column(name).to_numpy() for name in FEATURES])
            booster.predict(rows, num_threads=1)
    print(json.dumps({"clock": time.perf_counter() - clock, "cpu": time.process_time() - cpu}))


if __name__ == "__main__":
    main()
