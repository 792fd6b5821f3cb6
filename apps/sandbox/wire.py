"""A tiny counter over HTTP/1.1: one function from Request to Answer, served on loopback, a thread a connection."""

import json
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

LARGEST_BODY = 50_000_000
PIECES = 20  # a slow body goes out in so many parts


@dataclass(frozen=True)
class Request:
    """What came in. Header names are lower case; of a repeated query name the last value stays."""

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


@dataclass(frozen=True)
class Answer:
    """What goes out, and how it travels there.

    `committed` says that the call changed the world. `spread` is the seconds the body takes. `reset_at` resets the
    connection after so many bytes of the body; `lost` resets it before the first byte of the answer.
    """

    status: int = 200
    body: bytes = b""
    type: str = "application/json; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)
    committed: bool = False
    spread: float = 0
    reset_at: int | None = None
    lost: bool = False


def as_json(value: object, *, status: int = 200, **how) -> Answer:
    return Answer(status=status, body=json.dumps(value, separators=(",", ":")).encode(), **how)


class Counter(ThreadingHTTPServer):
    """Listens on 127.0.0.1 and asks `answer` for every request; `stop` hangs up on everybody at once."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, answer: Callable[[Request], Answer], *, port: int, stopping: threading.Event):
        super().__init__(("127.0.0.1", port), Conversation)
        self.answer = answer
        self.stopping = stopping
        self.open: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True, name="sandbox")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.open):
            _hang_up(connection)
        self._thread.join()

    def process_request(self, request, client_address):
        self.open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        self.open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address):
        """A guest who hangs up early is no news; anything else is a defect of ours and is told."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class Conversation(BaseHTTPRequestHandler):
    """One connection, kept alive."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Counter

    def serve(self) -> None:
        size = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not size.isdecimal() or int(size) > LARGEST_BODY:
            self.close_connection = True
            self._send(Answer(status=411))
        else:
            self._send(self.server.answer(self._read(int(size))))

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = serve

    def _read(self, size: int) -> Request:
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(size),
        )

    def _send(self, answer: Answer) -> None:
        if answer.lost:
            return self._reset()
        self._send_head(answer)
        if self.command == "HEAD":
            return None
        if answer.reset_at is not None:
            self.wfile.write(answer.body[: answer.reset_at])
            return self._reset()
        return self._send_slowly(answer) if answer.spread else self._send_whole(answer)

    def _send_head(self, answer: Answer) -> None:
        self.send_response_only(answer.status, _phrase(answer.status))
        if answer.body:
            self.send_header("Content-Type", answer.type)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()

    def _send_slowly(self, answer: Answer) -> None:
        step = max(1, -(-len(answer.body) // PIECES))
        for start in range(0, len(answer.body), step):
            if self.server.stopping.wait(answer.spread / PIECES):
                return self._reset()
            self.wfile.write(answer.body[start : start + step])
        return None

    def _send_whole(self, answer: Answer) -> None:
        self.wfile.write(answer.body)

    def _reset(self) -> None:
        """Ends the connection with RST, so that the other side sees an error and not an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def log_message(self, format, *args):
        """The journal tells what happened; standard error stays quiet."""


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):  # it may be gone already
        connection.shutdown(socket.SHUT_RDWR)
