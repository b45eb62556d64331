"""The seed is fixed: the same examples on every machine and every run. Nothing of the user's own is touched."""

import os
import tempfile

from hypothesis import settings

os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="assay-state-")

settings.register_profile("fixed", derandomize=True, deadline=None)
settings.load_profile("fixed")
