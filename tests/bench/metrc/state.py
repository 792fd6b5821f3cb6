"""METRC's emulator in a process of its own, with licences by the hundred; seen through its control door."""

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests

from reup.local import child
from reup.local.places import ROOT

VENDOR = "sbx-vendor-reup"
ADJUST = "/packages/v2/adjust"
FREE = {name: {"perSecond": 1_000_000, "concurrent": 1_000} for name in ("facility", "vendor")}
BUCKETS = {"facility": {"perSecond": 50, "concurrent": 10}, "vendor": {"perSecond": 150, "concurrent": 30}}


class State:
    """`licences` are rows of licence, key and labels."""

    def __init__(self, url: str, token: str):
        self.url, self._token = url, token
        self.licences: list[dict] = []
        self.organization = None  # whose accounts these are; METRC gives the same numbers after each reset

    def open(self, *, licences: int, packages: int, limits: dict, faults: dict[str, float]) -> None:
        """As on the first day, with these licences and limits; `faults` are shares of the calls."""
        self._ask("POST", "reset")
        self._ask("POST", "world", {"settings": {"limits": limits, "limitWrites": True}})
        self.licences = self._ask("POST", "licences", {"count": licences, "packages": packages})["licences"]
        rules = [{"path": "*", "fault": word, "probability": share} for word, share in faults.items()]
        if rules:
            self._ask("POST", "faults", rules)

    def calls(self) -> list[dict]:
        """The last ten thousand, oldest first; `elapsed` is in seconds."""
        return [call for call in self._ask("GET", "journal") if not call["path"].startswith("/_")]

    def notes(self) -> list[str]:
        return [entry["note"] for entry in self._ask("GET", "ledger")]

    def _ask(self, method: str, word: str, said: Any = None) -> Any:
        answer = requests.request(
            method, f"{self.url}/_ctl/{word}", json=said, headers={"X-Control-Token": self._token}, timeout=60
        )
        answer.raise_for_status()
        return answer.json() if answer.content else None


@contextmanager
def running() -> Iterator[State]:
    token = secrets.token_urlsafe(16)
    command = [sys.executable, str(ROOT / "manage.py"), "sandbox", "--only", "metrc", "--still", "--json"]
    environment = os.environ | {"SANDBOX_TOKEN": token}
    process = child.spawn(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        yield State(json.loads(process.stdout.readline())["metrc"], token)
    finally:
        child.stop(process, by=signal.SIGKILL)
