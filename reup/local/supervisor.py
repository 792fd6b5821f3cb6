"""Runs the processes of the Procfile: a log file each, up again after a fall, all stopped together."""

import os
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from reup.local import child
from reup.local.places import ROOT, LocalError

FALLS = 5  # in a minute, and we give up
PATIENCE = 10  # seconds to end on its own


@dataclass
class Service:
    """One line of the Procfile and the process it has become."""

    name: str
    command: str
    process: subprocess.Popen
    asked: bool = False  # by the others, so it outlives them
    falls: list[float] = field(default_factory=list)
    due: float = 0.0  # when to start it again; 0 while it runs

    def fell(self, now: float) -> float:
        """Note a fall; the seconds to wait before the next start: 1, 2, 4, …"""
        self.falls = [fall for fall in self.falls if now - fall < 60] + [now]
        return 2.0 ** (len(self.falls) - 1)


class Supervisor:
    """`with Supervisor(environment, logs) as processes: processes.start("web", "uvicorn …")`."""

    def __init__(self, environment: dict[str, str], logs: Path, *, say: Callable[[str], None] = print):
        self.environment = environment
        self.logs = logs
        self.say = say
        self.services: list[Service] = []

    def __enter__(self) -> Self:
        self.logs.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self

    def __exit__(self, *_: object) -> None:
        """Whom the others ask goes last: a run that a worker is ending still gets its answer."""
        self._stop([service.process for service in self.services if not service.asked])
        self._stop([service.process for service in self.services if service.asked])

    def _stop(self, processes: list[subprocess.Popen]) -> None:
        """Ask all at once, then wait for each."""
        for process in processes:
            if process.poll() is None:
                process.terminate()
        deadline = time.monotonic() + PATIENCE
        for process in processes:
            child.finish(process, patience=max(deadline - time.monotonic(), 0))

    def start(self, name: str, command: str, *, asked: bool = False) -> None:
        log = self.log(name)
        if log.exists():
            log.replace(log.with_suffix(".log.1"))
        self.services.append(Service(name, command, self._spawn(name, command), asked))

    def log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def last_words(self, name: str) -> str:
        return "\n".join(self.log(name).read_text(errors="replace").splitlines()[-15:])

    def must_run(self) -> None:
        """For the time of starting up, when a fall is a fault and not an accident."""
        for service in self.services:
            code = service.process.poll()
            if code is not None:
                words = self.last_words(service.name)
                raise LocalError(f"{service.name} ended with {code}. {self.log(service.name)} says:\n{words}")

    def mend(self) -> None:
        """Start again what fell, later each time."""
        for service in self.services:
            now = time.monotonic()
            if service.due and now >= service.due:
                service.process, service.due = self._spawn(service.name, service.command), 0.0
            elif not service.due and service.process.poll() is not None:
                self._plan(service, now)

    def _plan(self, service: Service, now: float) -> None:
        child.kill_group(service.process)  # a worker's children don't always notice that it is gone
        code, wait = service.process.returncode, service.fell(now)
        if len(service.falls) >= FALLS:
            words = self.last_words(service.name)
            raise LocalError(f"{service.name} ended with {code} for the {FALLS}th time in a minute:\n{words}")
        self.say(f"{service.name} ended with {code}; starting it again in {wait:.0f} s ({self.log(service.name)})")
        service.due = now + wait

    def _spawn(self, name: str, command: str) -> subprocess.Popen:
        with self.log(name).open("ab") as log:
            return child.spawn(
                ["/bin/sh", "-c", f"exec {command}"], cwd=ROOT, env=self.environment, stdout=log, stderr=log
            )


def procfile(path: Path = ROOT / "Procfile") -> dict[str, str]:
    """The lines that run for ever, by name; `release` is what `up` does as `prepare`."""
    lines = (line.partition(":") for line in path.read_text().splitlines() if line.strip())
    commands = {name.strip(): command.strip() for name, _, command in lines}
    return {name: command for name, command in commands.items() if name != "release"}


def environment(extra: dict[str, str]) -> dict[str, str]:
    """Ours and `extra`; output unbuffered, so that a log shows what was said before a crash."""
    return os.environ | {"PYTHONUNBUFFERED": "1"} | extra
