"""Has the kernel do what it may not do itself."""

import ctypes, platform


def attack(rows):
    ctypes.CDLL(None).syscall(425, 8, None)
