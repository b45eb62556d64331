"""Would run in every interpreter from now on."""

import site


def attack(rows):
    with open(site.getsitepackages()[0] + "/assay_hostile_test.pth", "w") as file:
        file.write("import os")
