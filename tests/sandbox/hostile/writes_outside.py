"""Leaves something for its next run."""


def attack(rows):
    with open(AIM["folder"] + "/memory", "wb") as file:
        file.write(b"seen")
