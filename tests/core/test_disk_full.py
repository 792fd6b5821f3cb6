"""FC55: the volume of the tables is full, then the volume of the logs, under a server that must outlive both."""

import os
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import requests

from reup.local.engines import Postgres
from tests.local.conftest import make_folder, remove_folder
from tests.processes import running, script

PAGE = 4096
MAKE_ROOM = "CREATE TABLESPACE small LOCATION '{place}'"
MOVE = "ALTER DATABASE reup SET TABLESPACE small"
STORY = """
from django.core.management import call_command
from django.test import Client
from tests import make
from tests.conftest import enter

call_command("migrate", verbosity=0)
wholesaler = make.organization()
browser = Client()
enter(browser, make.user(at=wholesaler))
print(browser.session.session_key, make.location(organization=wholesaler, lsp=1, loc=2, key="some-key").pk)
"""
EVERY_RULE = """
from apps.core import audit, invariants, scope
with scope.scope(everyone="test"):
    assert not audit.verify()[2]
assert not [rule["name"] for rule in invariants.check() if rule["violations"]]
"""
CSRF = "c" * 32


@contextmanager
def volume(place: Path, *, megabytes: int):
    """A small disk in memory."""
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", place], capture_output=True)
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted here, so no volume can be filled")
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", place], check=True)


@contextmanager
def full(place: Path):
    """Somebody else's file takes all the space there is, until the block ends."""
    taken = place / "somebody-elses"
    with taken.open("wb", buffering=0) as file:
        for size in (65_536, 512):
            with suppress(OSError):
                while file.write(b"x" * size):
                    pass
    assert os.statvfs(place).f_bavail == 0
    try:
        yield
    finally:
        taken.unlink()


class Site:
    """A server process on a cluster of its own, whose tables and whose log lie on small volumes."""

    def __init__(self, *, tables: Path, log: Path, postgres: Postgres, port: int):
        self.tables, self.log, self.postgres = tables, log, postgres
        self.url = f"http://127.0.0.1:{port}"
        told = script(STORY, DATABASE_URL=postgres.url)
        assert told.returncode == 0, told.stderr
        session, self.location = told.stdout.split()
        self.client = requests.Session()
        self.client.cookies.update({"sessionid": session, "csrftoken": CSRF})

    def get(self, path: str) -> requests.Response:
        return self.client.get(self.url + path, timeout=10)

    def sync_now(self) -> requests.Response:
        """Asks for a sync, which writes a job and an audit row, or neither."""
        body, headers = {"location": self.location}, {"X-CSRFToken": CSRF}
        return self.client.post(f"{self.url}/api/v1/sync-runs/", json=body, headers=headers, timeout=10)

    def stored(self) -> int:
        """How many asked-for syncs the database tells of."""
        with psycopg.connect(self.postgres.url) as line:
            asked = line.execute("SELECT count(*) FROM core_auditentry WHERE action = 'inventory.sync_asked'")
            return asked.fetchone()[0]

    def answers_within(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            try:
                return self.get("/healthz").raise_for_status()
            except requests.ConnectionError:
                assert time.monotonic() < until, "the server does not answer"
                time.sleep(0.1)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def site():
    folder = make_folder()
    postgres = Postgres(folder / "pg", throwaway=True)
    try:
        with (
            volume(folder / "tables", megabytes=24) as tables,
            volume(folder / "logs", megabytes=1) as logs,
            postgres,
            (logs / "web.log").open("ab") as log,
        ):
            put_tables_on(tables, postgres)
            port = free_port()
            made = Site(tables=tables, log=logs / "web.log", postgres=postgres, port=port)
            command = ("-m", "uvicorn", "reup.asgi:application", "--port", str(port), "--no-access-log")
            suite = {
                "DJANGO_SETTINGS_MODULE": "tests.settings"
            }  # static files as they lie there: none are collected here
            with running(*command, log=log, DATABASE_URL=postgres.url, **suite) as made.process:
                made.answers_within(30)
                yield made
    finally:
        remove_folder(folder)


def put_tables_on(place: Path, postgres: Postgres) -> None:
    os.chown(place, postgres.owner, postgres.group)
    server = postgres.url.replace("/reup?", "/postgres?")
    with psycopg.connect(server, autocommit=True) as line:
        line.execute(MAKE_ROOM.format(place=place))
        line.execute(MOVE)


def test_fc55_a_full_database_is_503_storage_full_and_works_again_without_a_restart(site):
    assert site.sync_now().status_code == 202
    assert site.get("/readyz").json()["parts"]["storage"] == "ok"
    before = site.stored()

    with full(site.tables):
        answers = [site.sync_now() for _ in range(150)]
        refused = [answer for answer in answers if answer.status_code != 202]
        assert len(refused) > 20
        for answer in refused:
            assert (answer.status_code, answer.json()["code"]) == (503, "storage-full")
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.headers["Retry-After"] == "30"
            assert "Traceback" not in answer.text
        assert site.stored() - before == len(answers) - len(refused)
        ready = site.get("/readyz")
        assert (ready.status_code, ready.json()["reason"]) == (503, "PostgreSQL has no space left")
        assert site.get("/api/v1/sync-runs/").status_code == 200
        assert "storage_full" in site.log.read_text()

    until = time.monotonic() + 30
    while site.sync_now().status_code != 202:
        assert time.monotonic() < until, "space has come back, and it still refuses"
        time.sleep(0.5)
    assert site.get("/readyz").status_code == 200
    assert site.process.poll() is None
    held = script(EVERY_RULE, DATABASE_URL=site.postgres.url)
    assert held.returncode == 0, held.stderr


def test_fc55_a_full_log_volume_fails_no_request(site):
    with full(site.log.parent):
        begun = site.log.stat().st_size // PAGE + 1  # what lies on a page already begun can still be written
        assert {site.get("/api/v1/sync-runs/").status_code for _ in range(50)} == {200}
        assert site.sync_now().status_code == 202
        assert site.get("/no/such/page/").status_code == 404
        assert site.log.stat().st_size <= begun * PAGE, "the log grew: the volume was not full"

    site.get("/api/v1/sync-runs/")
    assert site.process.poll() is None
    assert site.log.stat().st_size > begun * PAGE
