"""What both engines share: a folder, a process, a log, and waiting until it answers."""

import signal
import subprocess
import time
from pathlib import Path
from typing import Self

from reup.local import child
from reup.local.places import LocalError

PATIENCE = 30  # seconds for a server to answer; recovery after a crash included


class Engine:
    """A server in a folder. `start()` returns once it answers at `url`; `stop()` keeps the data unless `throwaway`.

    The server ends with the thread that started it, so start it where the program lives on."""

    name = ""
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, *, throwaway: bool = False):
        self.home = home
        self.throwaway = throwaway
        self.process: subprocess.Popen | None = None

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        raise NotImplementedError

    def remove(self) -> None:
        """Delete the data. For throw-away engines."""
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def ended(self) -> str:
        """Why it no longer runs, or nothing while it does."""
        code = self.process.poll() if self.process else None
        return "" if code is None else f"{self.name} ended with {code}"

    def stop(self) -> None:
        if self.process:
            child.stop(self.process, by=self.stop_signal, patience=20)
            self.process = None
        if self.throwaway:
            self.remove()

    def kill(self) -> None:
        """End it as a crash would."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None

    def launch(self, command: list[str], **options: object) -> None:
        """Start the server and wait for its answer; a lock its killed forerunner left is waited out."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            with self.log.open("ab") as log:
                where = self.log.stat().st_size
                self.process = child.spawn(
                    command, dies_with=self.stop_signal, stdout=log, stderr=log, cwd="/", **options
                )
            if self._answers_before(deadline):
                return
            self.kill()
            if not self._forerunner_lingers(where):
                break
            time.sleep(0.2)
        raise LocalError(f"{self.name} did not start. {self.log} says:\n{self._last_words()}")

    def _answers_before(self, deadline: float) -> bool:
        while time.monotonic() < deadline and not self.ended():
            if self.answers():
                return True
            time.sleep(0.02)
        return False

    def _forerunner_lingers(self, where: int) -> bool:
        said = self.log.read_bytes()[where:]
        return b"lock file" in said or b"shared memory block" in said

    def _last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])
