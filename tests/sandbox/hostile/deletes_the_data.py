"""What cannot be read again cannot be checked again."""

import os


def attack(rows):
    os.unlink(AIM["labels"])
