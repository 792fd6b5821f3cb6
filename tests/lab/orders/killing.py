"""The server under the orders, and its harm: a web process killed each second, a database session cut each three."""

import os
import random
import signal
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from socket import create_server

import requests
from django.db import connection

from reup.bench.ground import child_environment
from reup.local import child
from reup.local.places import ROOT

KILLED_EVERY, CUT_EVERY = 1.0, 3.0  # seconds
CUT = """
SELECT pg_terminate_backend(pid) FROM (
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> ALL(%s) AND state <> 'idle'
    ORDER BY pid LIMIT 1
) busy
"""


class Server:
    """`with Server() as server`: web processes at `server.url`; `harm` does what is due."""

    def __init__(self, *, naive: bool = False):
        self.naive, self.faults = naive, Counter({"web process killed": 0, "database session ended": 0})

    def __enter__(self):
        self._stack = ExitStack()
        listening = self._stack.enter_context(create_server(("127.0.0.1", 0), backlog=512))
        self.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        text = f"from tests.lab.orders import web; web.serve({listening.fileno()}, naive={self.naive})"
        command = [sys.executable, "-c", f"import django; django.setup(); {text}"]
        environment = os.environ | child_environment() | {"REUP_LOG_LEVEL": "CRITICAL"}
        self._process = child.spawn(command, env=environment, cwd=ROOT, pass_fds=[listening.fileno()])
        self._stack.callback(child.stop, self._process, by=signal.SIGKILL)
        self._line = connection.get_new_connection(connection.get_connection_params())  # as who owns the tables
        self._line.autocommit = True
        self._stack.callback(self._line.close)
        self._wait()
        self._kill_at, self._cut_at = time.monotonic() + KILLED_EVERY, time.monotonic() + CUT_EVERY
        return self

    def __exit__(self, *_):
        self._stack.close()

    def harm(self, chance: random.Random) -> None:
        now = time.monotonic()
        if now >= self._kill_at:
            self._kill_at = now + KILLED_EVERY
            self._kill(chance)
        if now >= self._cut_at:
            self._cut_at = now + CUT_EVERY
            self._cut()

    def _kill(self, chance: random.Random) -> None:
        pid = self._process.pid
        workers = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if workers:
            os.kill(int(chance.choice(workers)), signal.SIGKILL)
            self.faults["web process killed"] += 1

    def _cut(self) -> None:
        """One that is at work, if there is any: the server gets an error where it waits for an answer."""
        cut = self._line.execute(CUT, [[self._line.info.backend_pid]]).fetchall()
        self.faults["database session ended"] += len(cut)

    def _wait(self) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and self._process.poll() is None:
            try:
                requests.get(f"{self.url}/healthz", timeout=3)
                return
            except requests.RequestException:
                time.sleep(0.1)
        raise RuntimeError("The lab's web server does not answer.")
