"""Never answers."""


def attack(rows):
    while True:
        pass
