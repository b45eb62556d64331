"""A witness on HTTP (c2sp.org/tlog-witness), with what the standard library has."""

from __future__ import annotations

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from assay.domain.errors import AssayError
from assay.proof.witness import BAD_REQUEST, MOST_BYTES, NOT_FOUND, OK, TEXT, Answer
from assay.store.witness import Witness

SECONDS = 10
"""So long a connection may say nothing."""


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness; ``serve_forever`` and ``shutdown`` are those of the standard library."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """The prefix for submission and for monitoring."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is no news; anything else is told as the standard library tells it."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"  # connections are kept
    server_version, sys_version = "assay-witness", ""
    timeout = SECONDS
    server: WitnessServer

    def do_POST(self) -> None:
        """``add-checkpoint``."""
        body = self._body()
        if body is None:
            self.close_connection = True
            self._send(Answer(BAD_REQUEST, b"expected a body of a stated length, up to a megabyte\n"))
        elif self.path != "/add-checkpoint":
            self._send(Answer(NOT_FOUND, b"there is POST /add-checkpoint\n"))
        else:
            self._send(self._submitted(body))

    def do_GET(self) -> None:
        """The latest checkpoint of a log."""
        first, _, last = self.path.removeprefix("/").partition("/")
        found = self.server.witness.checkpoint(first) if last == "checkpoint" else None
        self._send(Answer(NOT_FOUND, b"no such checkpoint\n") if found is None else Answer(OK, found))

    def _submitted(self, body: bytes) -> Answer:
        try:
            return self.server.witness.submit(body, int(time.time()))
        except AssayError as broken:
            print(broken, file=sys.stderr, flush=True)  # noqa: T201 - the operator's
            return Answer(500, b"this witness cannot keep what it would cosign\n", TEXT)

    def _body(self) -> bytes | None:
        stated = self.headers.get("Content-Length", "")
        if not (stated.isascii() and stated.isdigit()) or int(stated[:10]) > MOST_BYTES or len(stated) > 10:
            return None
        body = self.rfile.read(int(stated))
        return body if len(body) == int(stated) else None

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Say nothing of who asks."""
