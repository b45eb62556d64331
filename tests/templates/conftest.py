"""Runs read and count in the test's own process."""

from tests.app.conftest import in_this_process

__all__ = ["in_this_process"]
