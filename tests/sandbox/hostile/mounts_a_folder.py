"""Puts a folder of its own over another."""

import ctypes, platform


def attack(rows):
    ctypes.CDLL(None).mount(b"/tmp", b"/mnt", None, 4096, None)
