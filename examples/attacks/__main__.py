"""``python -m attacks FOLDER`` in this folder's parent attacks a certified folder."""

from __future__ import annotations

import sys
from pathlib import Path

from . import attack

if __name__ == "__main__":
    sys.exit(attack(Path(sys.argv[1]), "specification.yaml"))
