"""What was asked of an emulator, in order. Keys, tokens and bodies are never written down."""

import time
from collections import deque
from datetime import datetime

from .clock import iso
from .wire import Request

KEPT = 10_000
HEADERS = ("accept", "accept-encoding", "content-type", "if-none-match", "user-agent")


class Journal:
    """Entries are dicts: at, elapsed (real seconds since the start, for pacing), method, path, params, headers,
    auth (ok, wrong, none), caller (location or licence), status (None while open or unanswered), fault, committed;
    retry_after, in seconds, where the answer named it."""

    def __init__(self):
        self._entries: deque[dict] = deque(maxlen=KEPT)
        self._start = time.monotonic()

    def open(self, request: Request, *, at: datetime) -> dict:
        entry = {
            "at": iso(at),
            "elapsed": round(time.monotonic() - self._start, 3),
            "method": request.method,
            "path": request.path,
            "params": dict(request.query),
            "headers": {name: request.headers[name] for name in HEADERS if name in request.headers},
            "auth": "none",
            "caller": None,
            "status": None,
            "fault": None,
            "committed": False,
        }
        self._entries.append(entry)
        return entry

    def entries(self) -> list[dict]:
        return [dict(entry) for entry in list(self._entries)]

    def clear(self) -> None:
        self._entries.clear()
