"""Becomes root in a world of its own."""

import ctypes, platform


def attack(rows):
    ctypes.CDLL(None).unshare(0x10000000)
