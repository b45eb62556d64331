"""``python -m assay``."""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # -m puts the current folder first: a json.py beside a specification would run here

from assay.cli import main

main()
