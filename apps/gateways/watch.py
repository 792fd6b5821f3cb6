"""The clock over one call: whatever the other side does, the call ends in time."""

import os
import socket
from contextlib import suppress
from threading import Timer
from time import monotonic
from types import TracebackType
from typing import Self


class Watch:
    """Cuts the connection when its time is over, wherever the exchange is: handshake, headers or body. Socket
    timeouts alone bound one wait, and a server that drips a byte every few seconds never hits one."""

    def __init__(self, seconds: float) -> None:
        self.until = monotonic() + seconds
        self.sent = self.over = False
        self._twin: socket.socket | None = None
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._timer.cancel()
        if self._twin:
            self._twin.close()

    def left(self, at_most: float) -> float:
        """Seconds that remain, `at_most` this many."""
        return max(0.001, min(at_most, self.until - monotonic()))

    def follow(self, sock: socket.socket) -> None:
        """Watch this connection from here on, by a handle of our own: http.client closes its own early."""
        if self._twin:
            self._twin.close()
        self._twin = socket.socket(fileno=os.dup(sock.fileno()))
        if self.over:
            self._cut()

    def _cut(self) -> None:
        self.over = True
        if self._twin:
            with suppress(OSError):
                self._twin.shutdown(socket.SHUT_RDWR)
