"""A real server and a browser-like client for the stream's tests."""

import json
import socket
import threading
import time
from contextlib import contextmanager

import uvicorn
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect

from apps.core.live import hub
from reup.asgi import application

SMALL = 16_384  # bytes of socket buffers, so that a client that does not read is soon full


class Server:
    """Uvicorn in a thread, as the Procfile runs it, on a port of its own."""

    def __init__(self):
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SMALL)
        self.host = f"127.0.0.1:{self.listening.getsockname()[1]}"
        config = uvicorn.Config(application, lifespan="off", log_level="info", ws_max_size=65_536, access_log=False)
        config.ws_per_message_deflate = False
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.listening]}, daemon=True)

    def __enter__(self) -> "Server":
        self.thread.start()
        wait_until(lambda: self.server.started)
        return self

    def __exit__(self, *_) -> None:
        self.server.should_exit = True
        self.thread.join(10)

    @contextmanager
    def open(self, client=None, *, query="", origin="ours", patient=True):
        """A socket with the cookies of a signed-in django test client. `patient=False`: its buffers are small."""
        headers = (
            {"Cookie": "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())} if client else {}
        )
        line = socket.socket()
        if not patient:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
        line.connect(self.listening.getsockname())
        ours = f"http://{self.host}" if origin == "ours" else origin
        url = f"ws://{self.host}/ws/v1/stream{query}"
        with connect(
            url, sock=line, origin=ours, additional_headers=headers, max_queue=2, compression=None, close_timeout=1
        ) as connection:
            yield Talk(connection)

    def settle(self) -> None:
        """Wait until the server has noticed that all sockets are gone."""
        wait_until(lambda: not any(each._ends or each._tasks for each in hub._hubs.values()))


class Talk:
    """One side of a conversation in JSON."""

    def __init__(self, connection: ClientConnection):
        self.connection = connection

    def say(self, **message) -> None:
        self.connection.send(json.dumps(message))

    def hear(self, timeout: float = 5) -> dict:
        return json.loads(self.connection.recv(timeout=timeout))

    def subscribe(self, topic: str, last: int | None = None) -> dict:
        self.say(subscribe={topic: last})
        return self.hear()

    def numbers(self, count: int, timeout: float = 5) -> list[int]:
        """The next frames' numbers, heartbeats left out."""
        found = []
        while len(found) < count:
            frame = self.hear(timeout)
            if frame["type"] != "heartbeat":
                assert "data" in frame, frame
                found.append(frame["seq"])
        return found

    def wait_for(self, type: str, timeout: float = 5) -> dict:
        until = time.monotonic() + timeout
        while True:
            frame = self.hear(max(0, until - time.monotonic()))
            if frame["type"] == type:
                return frame

    def end(self, timeout: float = 10) -> int:
        """The close code, after whatever still comes."""
        until = time.monotonic() + timeout
        try:
            while True:
                self.connection.recv(timeout=max(0, until - time.monotonic()))
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 1006


def wait_until(condition, timeout: float = 10) -> None:
    until = time.monotonic() + timeout
    while not condition():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
