"""The log is rewritten or shortened, in the pack or where it is kept."""

from __future__ import annotations

import sqlite3

from .pack import in_pack, of_log
from .scene import Said, Scene


def rewritten_log(scene: Scene) -> Said:
    in_pack(
        scene,
        of_log(
            lambda log: log.replace(b'"because"', b'"becausf"', 1).replace(b'"reason":""', b'"reason":"x"', 1)
        ),
    )
    return scene.verify()


def rewritten_database(scene: Scene) -> Said:
    """By somebody who takes the triggers off, and puts them on again afterwards."""
    database = sqlite3.connect(scene.folder / ".assay" / "log.db")
    guards = database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        database.execute(f"DROP TRIGGER {name}")
    for place, data in database.execute("SELECT seq, data FROM entry").fetchall():
        rewritten = bytes(data).replace(b'"outcome":"certified"', b'"outcome":"withheld"')
        database.execute("UPDATE entry SET data = ? WHERE seq = ?", (rewritten, place))
    for _, guard in guards:
        database.execute(guard)
    database.commit()
    database.close()
    return scene.run("log", "verify")


def shortened_log(scene: Scene) -> Said:
    in_pack(scene, of_log(lambda log: b"\n".join(log.splitlines()[:-1]) + b"\n"))
    return scene.verify()
