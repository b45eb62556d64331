"""One whole process: read the Parquet, compute, print the point values. ``python -m benchmarks.whole assay FILE``.

The side is ``assay``, ``fairlearn``, ``nothing`` (start and import what Assay needs, open the file, and end), or
``floor`` (start with numpy and pyarrow alone, read the file, count nothing).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping

import pyarrow.parquet as pq

from benchmarks.tables import GROUP_COLUMNS


def main() -> None:
    """Do what the first argument says with the file that the second names."""
    side, path = sys.argv[1:]
    file = pq.ParquetFile(path, pre_buffer=False, buffer_size=1 << 20)
    if side == "nothing":
        from benchmarks import rates

        found: Mapping[str, object] = {"imported": rates.__name__}
    elif side == "floor":
        found = {"rows": sum(b.num_rows for b in file.iter_batches(65_536, columns=list(GROUP_COLUMNS)))}
    elif side == "assay":
        from benchmarks.rates import by_assay, points

        batches = file.iter_batches(65_536, columns=list(GROUP_COLUMNS), use_threads=False)
        found = points(by_assay(batches)[0])
    else:
        from benchmarks.fairlearn_rates import by_fairlearn

        table = file.read(columns=list(GROUP_COLUMNS))
        found = by_fairlearn({name: table[name].to_numpy() for name in GROUP_COLUMNS})
    print(json.dumps(found))


if __name__ == "__main__":
    main()
