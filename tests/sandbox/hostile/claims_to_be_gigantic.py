"""Has its parent wait for, and keep, more than there is."""

import os


def attack(rows):
    for descriptor in range(3, 64):
        try:
            os.write(descriptor, b"ASSYF" + (1 << 40).to_bytes(8, "little"))
        except OSError:
            pass
