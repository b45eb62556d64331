"""Becomes another program."""

import os


def attack(rows):
    os.execv("/bin/sh", ["sh", "-c", "id"])
