"""Has another program run."""

import subprocess


def attack(rows):
    subprocess.run(["/bin/sh", "-c", "id"], check=False)
