"""The keys that the kernel holds for the user."""

import ctypes, platform


def attack(rows):
    ctypes.CDLL(None).syscall({"x86_64": 250, "aarch64": 219}[platform.machine()], 0, -3, 0)
