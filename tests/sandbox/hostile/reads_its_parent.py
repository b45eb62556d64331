"""Copies memory of its parent."""

import ctypes


def attack(rows):
    ctypes.CDLL(None).process_vm_readv(AIM["parent"], None, 0, None, 0, 0)
