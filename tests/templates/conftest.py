"""Runs read and count in the test's own process."""

from tests.app.conftest import children, in_this_process

__all__ = ["children", "in_this_process"]
