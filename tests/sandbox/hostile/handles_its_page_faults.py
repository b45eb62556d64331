"""Holds the kernel up while it copies."""

import ctypes, platform


def attack(rows):
    ctypes.CDLL(None).syscall({"x86_64": 323, "aarch64": 282}[platform.machine()], 0)
