"""``assay`` for a shell: a program that hands its words, folder and streams to the process in which it is imported already."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from tests.cli import warm

ASKS = """#!{python} -ISE
import json, os, socket, sys
asked = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
asked.connect({place!r})
told = json.dumps([sys.argv[1:], os.getcwd(), dict(os.environ)])
socket.send_fds(asked, [told.encode()], [0, 1, 2])
sys.exit(int(asked.recv(16)))
"""


@contextlib.contextmanager
def program(file: Path) -> Iterator[None]:
    """For as long as this lasts, ``file`` is the program."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as asked:
        place = file.with_name("asked")
        asked.bind(str(place))
        asked.listen()
        file.write_text(ASKS.format(python=sys.executable, place=str(place)), encoding="utf-8")
        file.chmod(0o755)
        answering = threading.Thread(target=_answer, args=(asked,))
        answering.start()
        try:
            yield
        finally:
            asked.shutdown(socket.SHUT_RDWR)
            answering.join()


def _answer(asked: socket.socket) -> None:
    """One command after the other, until nobody listens any more."""
    while True:
        try:
            shell, _ = asked.accept()
        except OSError:
            return
        with shell:
            said, streams, _, _ = socket.recv_fds(shell, warm.LONGEST, 3)
            words, cwd, env = json.loads(said)
            try:
                process = warm.start(words, (streams[0], streams[1], streams[2]), cwd=Path(cwd), env=env)
            finally:
                for descriptor in streams:
                    os.close(descriptor)
            shell.send(str(process.wait()).encode())
