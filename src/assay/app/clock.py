"""The time of this machine: the one place where it is asked, so that rules get it as an argument."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

Clock = Callable[[], dt.datetime]


def utc_now() -> dt.datetime:
    """The time of this machine in UTC, to the second."""
    return dt.datetime.now(dt.UTC).replace(microsecond=0)
