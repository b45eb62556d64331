"""Looks at everything from inside of the kernel."""

import ctypes, platform


def attack(rows):
    ctypes.CDLL(None).syscall({"x86_64": 321, "aarch64": 280}[platform.machine()], 0, None, 0)
