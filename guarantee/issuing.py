"""`assay issue` is stopped at each of its writes, and the log, the certificate and the gate are looked at.

``python -m guarantee.issuing FOLDER STORE POINTS`` with an empty folder, and ``sqlite`` or the address of a PostgreSQL
server, prints what was found. One decision is made and signed; each point gets a copy of everything. Stopped is by
SIGKILL, or, on SQLite, by a disk that is full from that write on.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import sqlalchemy
from tests.app.conftest import Folder
from tests.app.team import KEYS, Team

import assay
from assay.app.judging.lock import agree
from assay.app.organisation.issue import issue
from assay.app.organisation.ledger import open_ledger
from assay.domain.entry import Action
from assay.domain.errors import Unwritable
from assay.proof.leaf import read_leaf
from guarantee.stopping import NEVER, can_fill, run_on_a_full_disk, run_until

STORE = "ASSAY_STORE"
DONE, REFUSED = b"+", b"-"


@dataclass
class Issued:
    """What was seen: writes of one command, points at which one was stopped, and harm."""

    how: str
    boundaries: int = 0
    points: int = 0
    lost: int = 0
    half_issued: int = 0
    broken: int = 0
    not_finished_by_the_next: int = 0
    unexplained: int = 0


def stopped_everywhere(folder: Path, store: str, points: int) -> list[Issued]:
    """Kill at so many points, spread over all of one command's boundaries; and fill the disk at as many."""
    team = _signed(folder / "signed", store)
    found = [_stopped("killed", run_until, team, store, points)]
    if store == "sqlite" and can_fill():
        found.append(_stopped("disk full", run_on_a_full_disk, team, store, points))
    return found


Run = Callable[[int, Callable[[int], None]], tuple[int, bytes]]


def _stopped(how: str, run: Run, team: Team, store: str, points: int) -> Issued:
    with _copy(team, store, f"{how}-whole") as root:
        met, said = run(NEVER, _issuing(root))
    assert said == DONE, "an undisturbed command finishes"
    found = Issued(how, boundaries=met)
    for number in range(points):
        with _copy(team, store, f"{how}-{number}") as root:
            _, said = run(1 + number * met // points, _issuing(root))
            found.points += 1
            found.unexplained += run is run_on_a_full_disk and said not in (DONE, REFUSED)
            _look(found, root, acknowledged=said == DONE)
    return found


def _issuing(root: Path) -> Callable[[int], None]:
    def body(pipe: int) -> None:
        try:
            issue(root, signer=KEYS["certifier"], output=root / "cert")
        except Unwritable:
            os.write(pipe, REFUSED)
        else:
            os.write(pipe, DONE)

    return body


def _look(found: Issued, root: Path, *, acknowledged: bool) -> None:
    """Count what is wrong now, let the command run again, and count what is wrong then."""
    logged = _certificates(found, root)
    accepted = _accepted(root)
    found.lost += acknowledged and not (accepted and len(logged) == 1)
    found.half_issued += accepted and not logged
    again = issue(root, signer=KEYS["certifier"], output=root / "cert")
    finished = _certificates(found, root) == [again.digest] and logged in ([], [again.digest])
    found.not_finished_by_the_next += not (finished and _accepted(root))


def _certificates(found: Issued, root: Path) -> list[str]:
    with open_ledger(root) as ledger:
        found.broken += bool(ledger.log.verify())
        ledger.state()
        entries = [read_leaf(leaf) for leaf in ledger.leaves()]
    return [entry.object for entry in entries if entry.action is Action.ISSUED]


def _accepted(root: Path) -> bool:
    return assay.gate(
        root / "test.parquet", use_case="small-loans", policy=root / "policy.yaml", certificate=root / "cert"
    ).accepted


def _signed(root: Path, store: str) -> Team:
    """A team that has signed the decision of a small model and has not issued its certificate."""
    root.mkdir()
    with _database(store, "signed"):
        team = Team(Folder(root))
        agree(team.path, role="validator", signer=KEYS["validator"])
        assay.certify(team.path, workers=1)
        return team.sign()


@contextlib.contextmanager
def _copy(team: Team, store: str, name: str) -> Iterator[Path]:
    root = team.root.parent / name
    shutil.copytree(team.root, root)
    with _database(store, name, template="signed"):
        try:
            yield root
        finally:
            shutil.rmtree(root)


@contextlib.contextmanager
def _database(store: str, name: str, template: str = "") -> Iterator[None]:
    """The log of what is done inside: of the folder, or a database of its own on the server, a copy of another."""
    if store == "sqlite":
        yield
        return
    server = sqlalchemy.engine.make_url(store)
    _on(server, f'CREATE DATABASE "{name}"' + (f' TEMPLATE "{template}"' if template else ""))
    os.environ[STORE] = server.set(database=name).render_as_string(hide_password=False)
    try:
        yield
    finally:
        del os.environ[STORE]
        if template:
            _on(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _on(server: sqlalchemy.engine.URL, statement: str) -> None:
    """Run one statement on the server; the connection is closed, so that no child inherits it."""
    engine = sqlalchemy.create_engine(
        server.set(drivername="postgresql+psycopg"), isolation_level="AUTOCOMMIT"
    )
    with engine.connect() as connection:
        connection.execute(sqlalchemy.text(statement))
    engine.dispose()


if __name__ == "__main__":
    print(
        json.dumps(
            [asdict(found) for found in stopped_everywhere(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))]
        )
    )
