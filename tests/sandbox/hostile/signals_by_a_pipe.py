"""Has the kernel send its parent a signal when a pipe can be read."""

import fcntl, os


def attack(rows):
    reader, _ = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, AIM["parent"])
