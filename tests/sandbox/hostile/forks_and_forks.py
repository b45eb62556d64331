"""A fork bomb, of at most 20 in case that it is not held."""

import os


def attack(rows):
    for _ in range(20):
        if os.fork() == 0:
            os._exit(0)
