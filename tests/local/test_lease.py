"""Sharing the engines: started by the first, stopped by the last, whoever dies in between."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from reup.local.lease import Lease
from reup.local.places import ROOT, LocalError

from .conftest import clean_environment, processes_of

BOTH = ("DATABASE_URL", "REDIS_URL")
USER = (
    "import sys; from pathlib import Path; from reup.local.lease import Lease\n"
    "with Lease(['DATABASE_URL'], var=Path(sys.argv[1])) as lease:\n"
    "    print(lease.urls['DATABASE_URL'], flush=True); sys.stdin.read()"
)


def another_user(var: Path) -> subprocess.Popen:
    """A process of its own that uses the engines until its standard input ends."""
    command, env = [sys.executable, "-c", USER, str(var)], clean_environment(var)
    return subprocess.Popen(command, cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def answers(url: str) -> bool:
    try:
        psycopg.connect(url, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def wait_until_nothing_runs(var: Path) -> None:
    deadline = time.monotonic() + 15
    while processes_of(var) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(var) == {}


def test_a_second_user_gets_the_same_engines_and_the_last_one_out_stops_them(var):
    with Lease(BOTH, var=var) as first:
        with Lease(["DATABASE_URL"], var=var) as second:
            assert second.urls["DATABASE_URL"] == first.urls["DATABASE_URL"]
        assert answers(first.urls["DATABASE_URL"])

    assert not answers(first.urls["DATABASE_URL"])
    wait_until_nothing_runs(var)


def test_the_engines_outlive_the_process_that_started_them_while_somebody_else_uses_them(var):
    starter = another_user(var)
    url = starter.stdout.readline().strip()
    with Lease(["DATABASE_URL"], var=var):
        starter.communicate(timeout=10)
        assert starter.returncode == 0
        assert answers(url)
    assert not answers(url)


def test_a_user_that_is_killed_counts_as_gone(var):
    user = another_user(var)
    url = user.stdout.readline().strip()
    assert answers(url)

    user.send_signal(signal.SIGKILL)
    user.communicate()

    wait_until_nothing_runs(var)
    assert not answers(url)


def test_users_that_come_at_the_same_moment_share_one_set_of_engines(var):
    users = [another_user(var) for _ in range(3)]
    urls = {user.stdout.readline().strip() for user in users}
    with Lease(["DATABASE_URL"], var=var) as lease, psycopg.connect(lease.urls["DATABASE_URL"]) as connection:
        assert urls == {lease.urls["DATABASE_URL"]}
        assert connection.execute("SELECT count(*) FROM pg_database WHERE datname = 'reup'").fetchone() == (1,)
    for user in users:
        user.communicate(timeout=10)
    wait_until_nothing_runs(var)


def test_a_user_learns_that_an_engine_was_killed_and_the_next_one_gets_a_recovered_one(var):
    with Lease(["DATABASE_URL"], var=var) as lease:
        assert lease.ended() == ""
        with psycopg.connect(lease.urls["DATABASE_URL"]) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
            data = Path(connection.execute("SHOW data_directory").fetchone()[0])
        os.kill(int((data / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)

        deadline = time.monotonic() + 10
        ended = ""
        while not ended and time.monotonic() < deadline:
            time.sleep(0.1)
            ended = lease.ended()
        assert ended == "PostgreSQL ended with -9"

    with Lease(["DATABASE_URL"], var=var) as lease, psycopg.connect(lease.urls["DATABASE_URL"]) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_engines_that_cannot_start_say_why_to_the_one_who_asked(var):
    with Lease(["DATABASE_URL"], var=var) as lease, psycopg.connect(lease.urls["DATABASE_URL"]) as connection:
        data = Path(connection.execute("SHOW data_directory").fetchone()[0])
    (data / "PG_VERSION").write_text("9.6\n")

    with pytest.raises(LocalError, match="version 9.6"), Lease(["DATABASE_URL"], var=var):
        pass


def test_a_lease_on_nothing_starts_nothing(var):
    with Lease([], var=var) as lease:
        assert lease.urls == {}
        assert processes_of(var) == {}
