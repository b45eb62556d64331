"""Opens what the kernel shows of its parent: memory, environment, descriptors."""


def attack(rows):
    kept = []
    for what in ("mem", "environ", "maps", "fd/0"):
        try:
            open(f"/proc/{AIM['parent']}/{what}", "rb").read(1)
        except PermissionError as refused:
            kept.append(refused)
    if len(kept) == 4:
        raise kept[0]
