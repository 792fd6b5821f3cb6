"""Keeps the engines of one clone up while somebody uses them; the last one out stops them.

A process of its own (`python -m reup.local.keeper VAR`), so that whoever started it may leave first. Who wants an
engine connects, says which, is told the URLs, and holds the connection for as long as it works: see lease.py.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import sys
import time
from pathlib import Path

from reup.local.engines import Postgres, Redis
from reup.local.engines.engine import Engine
from reup.local.places import LocalError, locked, make_private, socket_path

MAKERS = {"DATABASE_URL": Postgres, "REDIS_URL": Redis}  # by the setting that would name a server of one's own
FOLDERS = {"DATABASE_URL": "pg", "REDIS_URL": "redis"}
FIRST_GUEST = 15  # seconds we wait for one


def address(var: Path) -> Path:
    return socket_path(var / "keeper") / "keeper.sock"


class Keeper:
    """The engines, those who use them, and the door they come in by."""

    def __init__(self, var: Path):
        self.var = var
        self.engines: dict[str, Engine] = {}
        self.watch = selectors.DefaultSelector()
        self.guests: set[socket.socket] = set()
        self.ended = ""
        self.door = socket.socket(socket.AF_UNIX)

    def serve(self) -> None:
        """Until the last guest has gone or an engine has ended."""
        self._open_door()
        opened = time.monotonic()
        had_guests = False
        while not self.ended and (self.guests or (not had_guests and time.monotonic() < opened + FIRST_GUEST)):
            for key, _ in self.watch.select(timeout=0.3):
                key.data(key.fileobj)
            had_guests = had_guests or bool(self.guests)
            self.ended = next(filter(None, (engine.ended() for engine in self.engines.values())), "")
        self._close()

    def _open_door(self) -> None:
        where = address(self.var)
        make_private(where.parent, owner=os.getuid())
        where.unlink(missing_ok=True)
        self.door.bind(str(where))
        self.door.listen(64)
        self.watch.register(self.door, selectors.EVENT_READ, self._welcome)

    def _welcome(self, door: socket.socket) -> None:
        guest, _ = door.accept()
        self.guests.add(guest)
        self.watch.register(guest, selectors.EVENT_READ, self._hear)

    def _hear(self, guest: socket.socket) -> None:
        """A guest's only line says what it wants; the end of its line says that it has gone."""
        with contextlib.suppress(OSError):
            line = guest.recv(4096)
            if line:
                tell(guest, self._provide(json.loads(line)["want"]))
                return
        self._part(guest)

    def _part(self, guest: socket.socket) -> None:
        """Take leave; the last one is answered when all has stopped (`_close`)."""
        self.watch.unregister(guest)
        if len(self.guests) > 1:
            guest.close()
            self.guests.discard(guest)
        else:
            self.guests, self.last = set(), guest

    def _provide(self, wanted: list[str]) -> dict:
        try:
            return {"urls": {name: self._engine(name).url for name in wanted}}
        except LocalError as error:
            return {"error": str(error)}

    def _engine(self, name: str) -> Engine:
        if name not in self.engines:
            engine = MAKERS[name](self.var / FOLDERS[name])
            engine.start()
            self.engines[name] = engine
        return self.engines[name]

    def _close(self) -> None:
        """Shut the door first: who comes now finds nobody, waits for our lock, and starts anew."""
        self.door.close()
        for guest in self.guests:
            with contextlib.suppress(OSError):
                tell(guest, {"ended": self.ended})
        for engine in self.engines.values():
            engine.stop()


def tell(guest: socket.socket, message: dict) -> None:
    guest.sendall(json.dumps(message).encode() + b"\n")


def main(var: Path) -> None:
    keeper = Keeper(var)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: setattr(keeper, "ended", f"The engines were told to stop ({number})"))
    with locked(var / "keeper.lock"):
        keeper.serve()
        os._exit(0)  # lets go of the last guest and the lock at the very end: who has waited finds no process of ours


if __name__ == "__main__":
    main(Path(sys.argv[1]))
