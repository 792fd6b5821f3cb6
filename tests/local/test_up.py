"""`manage.py up` as a person at a terminal meets it: a whole ReUp, started, disturbed and stopped."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from reup.local.places import ROOT

from .conftest import clean_environment, manage, processes_of

READY = "Ctrl-C stops everything"


class Terminal:
    """An `up` that was typed somewhere."""

    def __init__(self, var: Path, *arguments: str, **extra: str):
        self.var = var
        command = [sys.executable, str(ROOT / "manage.py"), "up", *arguments]
        env = clean_environment(var, REUP_DEMO="0", **extra)
        self.process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, stderr=(var / "progress").open("w"), text=True
        )
        self.lines: list[str] = []

    def until(self, words: str) -> str:
        for line in self.process.stdout:
            self.lines.append(line.strip())
            if words in line:
                return line
        raise AssertionError(f"{words!r} never came; it said {self.lines} and {self.progress()}")

    def progress(self) -> str:
        return (self.var / "progress").read_text()

    def url(self) -> str:
        return next(line.split()[-1] for line in self.lines if line.startswith("ReUp runs at"))

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        self.process.communicate(timeout=30)
        return self.process.returncode


@pytest.fixture(scope="module")
def up(shared_var):
    terminal = Terminal(shared_var)
    terminal.until(READY)
    yield terminal
    if terminal.process.poll() is None:
        terminal.end(signal.SIGTERM)


def pid_of(var: Path, *words: str) -> int:
    """The eldest process of `var` whose command line holds all `words`; 0 where there is none."""
    named = (pid for pid, command in processes_of(var).items() if all(word in command for word in words))
    return next(named, 0)


def wait_for(what, *, patience: float = 30) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.1)


def test_it_answers_at_the_address_it_prints(up):
    with urllib.request.urlopen(f"{up.url()}/readyz", timeout=5) as answer:
        assert answer.status == 200


def test_progress_names_each_part_with_its_seconds(up):
    words = [line.split() for line in up.progress().splitlines()]
    assert [line[0] for line in words[1:] if line[-1] == "s"] == [
        *("database", "Redis", "prepare", "web", "worker", "beat")
    ]


def test_a_second_up_in_the_same_clone_says_where_the_first_one_is(up, shared_var):
    second = manage("up", var=shared_var)
    assert second.stdout == f"already running: {up.url()}\n"
    assert second.returncode == 0


def test_a_check_beside_a_running_up_looks_at_that_one_and_leaves_it_running(up, shared_var):
    checked = manage("up", "--check", var=shared_var)
    found = json.loads(checked.stdout)
    assert (found["ok"], found["url"]) == (True, up.url())
    assert checked.returncode == 0
    assert up.process.poll() is None


def test_another_command_uses_the_engines_of_the_running_up(up, shared_var):
    before = pid_of(shared_var, "postgres", "-D")
    assert before
    shown = manage("showmigrations", "--plan", var=shared_var)
    assert shown.returncode == 0
    assert "[X]  core.0001_initial" in shown.stdout
    assert pid_of(shared_var, "postgres", "-D") == before


def test_a_killed_worker_is_started_again(up, shared_var):
    killed = pid_of(shared_var, "celery", "worker")
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: "worker ended with -9; starting it again" in up.progress())
    wait_for(lambda: pid_of(shared_var, "celery", "worker") not in (0, killed))


def test_ctrl_c_stops_it_all_and_the_data_stay(up, shared_var):
    assert up.end(signal.SIGINT) == 130
    assert processes_of(shared_var) == {}
    assert up.progress().splitlines()[-2:] == ["stopping", "stopped"]


def test_after_a_sigkill_nothing_is_left_and_the_next_start_recovers_without_doing_the_firsts_work(shared_var):
    terminal = Terminal(shared_var)
    terminal.until(READY)
    terminal.end(signal.SIGKILL)
    wait_for(lambda: processes_of(shared_var) == {})

    checked = manage("up", "--check", "--no-demo", var=shared_var)

    assert json.loads(checked.stdout)["ok"]
    assert (shared_var / "log" / "prepare.log").read_text() == ""  # nothing migrated, collected or filled again
    assert processes_of(shared_var) == {}


def test_a_killed_postgres_stops_the_rest_and_says_so(shared_var):
    terminal = Terminal(shared_var)
    terminal.until(READY)
    os.kill(pid_of(shared_var, "postgres", "-D"), signal.SIGKILL)

    terminal.process.wait(timeout=30)

    assert terminal.process.returncode == 1
    assert "PostgreSQL ended with -9; stopping the rest" in terminal.progress()
    wait_for(lambda: processes_of(shared_var) == {})


def test_a_port_asked_for_that_is_taken_is_an_error_before_anything_starts(var):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        refused = manage("up", "--check", "--port", str(port), var=var)

    assert refused.returncode == 1
    assert json.loads(refused.stdout)["reason"] == f"port {port} is in use"
    assert processes_of(var) == {}


def test_a_database_that_does_not_answer_is_told_in_its_own_words(var):
    refused = manage("up", "--no-demo", var=var, DATABASE_URL="postgres://reup@127.0.0.1:1/reup")

    assert refused.returncode == 1
    assert "The server of DATABASE_URL does not answer" in refused.stderr
    assert "Connection refused" in refused.stderr


def test_with_the_demo_a_command_and_then_a_check_read_the_emulator_and_leave_nothing_running(var):
    synced = manage("sync_inventory", "--json", var=var)
    assert synced.returncode == 0, synced.stderr
    runs = json.loads(synced.stdout)["runs"]
    assert {run["state"] for run in runs} <= {"completed", "completed_with_quarantine"}
    assert sum(run["fetched"] for run in runs) > 0
    assert processes_of(var) == {}

    checked = manage("up", "--check", var=var)
    found = json.loads(checked.stdout)
    assert set(found) == {"ok", "url", "emulators", "control_token", "seconds"}
    assert found["ok"], checked.stderr
    assert list(found["emulators"]) == ["dutchie", "backoffice", "metrc"]
    assert len(json.loads((var / "people.json").read_text())) > 3
    assert checked.returncode == 0
    assert processes_of(var) == {}
