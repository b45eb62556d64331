"""Overwrites what was counted before."""

import os


def attack(rows):
    for name in (AIM["partial"],):
        os.truncate(name, 0)
