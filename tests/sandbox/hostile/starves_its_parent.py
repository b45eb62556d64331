"""Sets a limit of its parent, to what it is already."""

import resource


def attack(rows):
    limit = resource.prlimit(AIM["parent"], resource.RLIMIT_CORE)
    resource.prlimit(AIM["parent"], resource.RLIMIT_CORE, limit)
