"""A name for the labels where it may read, or so it thinks."""

import os


def attack(rows):
    os.symlink(AIM["labels"], "/dev/shm/assay-hostile-test")
