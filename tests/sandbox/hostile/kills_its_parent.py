"""Who counts is gone; signal 0 stands for a worse one, in case that it is not held."""

import os


def attack(rows):
    os.kill(AIM["parent"], 0)
