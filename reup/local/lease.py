"""The use of this clone's engines: started where nobody runs them, shared where somebody does (keeper.py)."""

import contextlib
import json
import select
import socket
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from reup.local.keeper import address
from reup.local.places import ROOT, VAR, LocalError, locked

PATIENCE = 60  # seconds for the keeper to have the engines up, a forerunner's slow stop included


class Lease:
    """`with Lease(["DATABASE_URL"]) as lease: lease.urls["DATABASE_URL"]`. The engines run at least until it ends."""

    def __init__(self, want: Iterable[str], *, var: Path = VAR):
        self.want = list(want)
        self.var = var
        self.urls: dict[str, str] = {}
        self.line: socket.socket | None = None

    def __enter__(self) -> Self:
        if self.want:
            self._take()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave; where we are the last one, wait until the engines have stopped."""
        if self.line:
            with contextlib.suppress(OSError):
                self.line.shutdown(socket.SHUT_WR)
                while self.line.recv(4096):
                    pass
            self.line.close()
            self.line = None

    def ended(self) -> str:
        """Why the engines no longer run, or nothing while they do."""
        if not self.line or not select.select([self.line], [], [], 0)[0]:
            return ""
        with contextlib.suppress(OSError, ValueError, KeyError):
            return json.loads(self.line.recv(4096))["ended"]
        return "The engines ended"

    def _take(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            answer = self._ask() or self._start_and_ask()
            if answer and "urls" in answer:
                self.urls = answer["urls"]
                return
            if answer and "error" in answer:
                raise LocalError(answer["error"])
            time.sleep(0.1)
        raise LocalError(f"The engines did not come up in {PATIENCE} s. {self._log()} may say why.")

    def _ask(self) -> dict | None:
        """The keeper's answer, or None where none is there (or is just leaving)."""
        line = socket.socket(socket.AF_UNIX)
        line.settimeout(PATIENCE)
        try:
            line.connect(str(address(self.var)))
            line.sendall(json.dumps({"want": self.want}).encode())
            answer = json.loads(line.makefile().readline() or "null")
        except (OSError, ValueError):
            answer = None
        if answer:
            self.line = line
        else:
            line.close()
        return answer

    def _start_and_ask(self) -> dict | None:
        with locked(self.var / "starting.lock"):
            answer = self._ask()
            if answer:
                return answer
            keeper = self._start_keeper()
            deadline = time.monotonic() + PATIENCE
            while not answer and keeper.poll() is None and time.monotonic() < deadline:
                time.sleep(0.03)
                answer = self._ask()
            return answer

    def _start_keeper(self) -> subprocess.Popen:
        """In a session of its own: no Ctrl-C of ours reaches it, and it outlives us while others need it."""
        self._log().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [sys.executable, "-m", "reup.local.keeper", str(self.var)]
        with self._log().open("ab") as log:
            return subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _log(self) -> Path:
        return self.var / "log" / "keeper.log"
