"""More than it is allowed."""

import numpy as np


def attack(rows):
    return np.ones(1 << 30)
