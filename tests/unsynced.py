"""What is kept waits for no disk: no test cuts the power, and a commit that waits takes up to twenty milliseconds.

A process that is killed loses nothing that it has written, so tests that kill find here what they would find else. What the
product asks of the disk is ``AS_SHIPPED``, which ``tests/store`` holds. Commands in an interpreter of their own wait as users' do.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from assay.store import database

AS_SHIPPED = database.PRAGMAS


def wait_for_no_disk() -> None:
    """In this process, and in those that are forked from it, for its database."""
    database.PRAGMAS = tuple(
        "synchronous=OFF" if said.startswith("synchronous=") else said for said in AS_SHIPPED
    )


@contextmanager
def unsynced_files() -> Iterator[None]:
    """For as long as this lasts, files wait for none either; the tests of what they are read and written by do not ask for it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda _: None)
        yield
