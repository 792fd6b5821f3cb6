"""A server that plays one act a request, on a real socket: whatever a vendor, an edge or a broken line may do."""

import contextlib
import gzip
import socket
import struct
import threading
import time
from collections.abc import Callable

Act = Callable[[socket.socket], None]


class Stage:
    """Plays `acts` in order, the last one again and again; keeps the requests that came."""

    def __init__(self, *acts: Act):
        self.acts, self.requests, self.connections = list(acts), [], 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self):
        with contextlib.suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                self.connections += 1
                threading.Thread(target=self._play, args=[connection], daemon=True).start()

    def _play(self, connection):
        with connection, contextlib.suppress(OSError):
            while request := heard(connection):
                self.requests.append(request)
                act = self.acts.pop(0) if len(self.acts) > 1 else self.acts[0]
                act(connection)


def heard(connection) -> bytes:
    """One whole request; nothing when the other side has gone."""
    request = b""
    while b"\r\n\r\n" not in request:
        piece = connection.recv(65536)
        if not piece:
            return b""
        request += piece
    head, _, body = request.partition(b"\r\n\r\n")
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def answers(status: int = 200, body: bytes = b"", **headers: str) -> Act:
    """A plain whole answer; a header's name is written with underscores."""
    lines = {"Content-Length": str(len(body))} | {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return lambda connection: connection.sendall(f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + body)


def zipped(body: bytes) -> Act:
    return answers(200, gzip.compress(body), Content_Encoding="gzip")


def resets(connection) -> None:
    """Hangs up hard, without a byte."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def stops_short(connection) -> None:
    connection.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{"inventoryId": 1}')
    connection.shutdown(socket.SHUT_RDWR)


def drips_headers(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        connection.sendall(b"X-Slow: 1\r\n")
        time.sleep(0.05)


def drips_body(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def drips_without_length(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n[")
    while True:
        connection.sendall(b" ")
        time.sleep(0.05)


def pours(connection) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n[")
    while True:
        connection.sendall(b" " * 1_000_000)
