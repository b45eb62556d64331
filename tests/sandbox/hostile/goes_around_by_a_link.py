"""By ways that end elsewhere than they seem to."""


def attack(rows):
    refused = None
    for way in ("/proc/self/root", "/proc/self/cwd", "/usr/lib/../..", "/proc/self/task/../../self/root"):
        try:
            open(way + AIM["labels"], "rb").read()
            return
        except OSError as wrong:
            refused = wrong
    raise refused
