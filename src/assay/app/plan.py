"""Plan: before anything is measured, how likely a good model is to pass each criterion on these rows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from assay.app.case import Case
from assay.app.measure import Engine, group_rows, run_pass, small_groups
from assay.domain.errors import AssayError
from assay.domain.needs import Outcomes, Perturbed
from assay.domain.vocabulary import Comparator
from assay.plan.passes import Pass, fuse, reference_data
