"""A running emulator with a frozen clock, and a way to ask it as a client would: over HTTP."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from apps.sandbox import serve

NOW = datetime(2026, 11, 17, 10, 42, tzinfo=UTC)
TOKEN = "control"
HOLLAND = "pos-northlight-holland"
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


class Client:
    """Asks with a location's key; `ctl` asks the control surface with its token."""

    def __init__(self, server):
        self.server, self.url = server, server.url
        self.session = requests.Session()

    def get(self, path, *, key=HOLLAND, password="", method="GET", timeout=5, headers=None, **params):
        auth = None if key is None else (key, password)
        return self.session.request(
            method, self.url + path, auth=auth, params=params, timeout=timeout, headers=headers, stream=False
        )

    def rows(self, path, **how):
        answer = self.get(path, **how)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def ctl(self, path, body=None, *, token=TOKEN):
        method = "GET" if body is None else "POST"
        headers = {"X-Control-Token": token}
        return self.session.request(method, f"{self.url}/_ctl/{path}", json=body, headers=headers, timeout=5)

    def raise_fault(self, path, fault, **rule):
        answer = self.ctl("faults", [{"path": path, "fault": fault, **rule}])
        assert answer.status_code == 200, answer.text

    def journal(self):
        return self.ctl("journal").json()


@pytest.fixture(scope="module")
def running():
    server = serve(token=TOKEN, frozen_at=NOW)
    yield server
    server.stop()


@pytest.fixture
def pos(running):
    running.reset()
    client = Client(running)
    yield client
    client.session.close()


def shared(name: str):
    """A file handed out beside the project; the test is left out, by name, where it is absent."""
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"shared/data/{name} is not here")
    return json.loads(path.read_text(encoding="utf-8"))
