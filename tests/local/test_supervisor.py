"""Processes that fall, that won't stop, and that fall too often."""

import os
import signal
import time

import pytest

from reup.local import supervisor
from reup.local.places import LocalError
from reup.local.supervisor import Supervisor, procfile


@pytest.fixture
def said():
    return []


@pytest.fixture
def processes(tmp_path, said):
    with Supervisor(dict(os.environ), tmp_path, say=said.append) as running:
        yield running


def wait_for(what, *, patience: float = 10) -> None:
    deadline = time.monotonic() + patience
    while not what():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_process_that_fell_is_started_again_and_said_by_name_and_code(processes, said):
    processes.start("worker", "sleep 60")
    first = processes.services[0].process
    first.send_signal(signal.SIGKILL)
    first.wait()

    processes.mend()
    assert said[0].startswith("worker ended with -9; starting it again in 1 s")
    wait_for(lambda: processes.mend() or processes.services[0].process is not first)
    assert processes.services[0].process.poll() is None


def test_what_a_killed_process_had_started_is_gone_before_it_starts_again(processes, tmp_path):
    processes.start("worker", f"sh -c 'sleep 60 & echo $! > {tmp_path}/pid; wait'")
    wait_for(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip())
    orphan = int((tmp_path / "pid").read_text())
    processes.services[0].process.kill()
    processes.services[0].process.wait()
    assert alive(orphan)

    processes.mend()

    wait_for(lambda: not alive(orphan))


def test_a_process_that_falls_again_and_again_ends_it_all_with_its_last_words(processes, monkeypatch):
    monkeypatch.setattr(supervisor.Service, "fell", lambda service, now: service.falls.append(now) or 0.0)
    processes.start("beat", "sh -c 'echo no such database; exit 3'")

    with pytest.raises(LocalError, match=r"beat ended with 3 for the 5th time in a minute:\n(no such database\n?)+"):
        wait_for(processes.mend)


def test_waits_between_starts_double_and_old_falls_are_forgiven(processes):
    processes.start("web", "sleep 60")
    service = processes.services[0]
    assert [service.fell(now) for now in (100, 110, 120)] == [1, 2, 4]
    assert service.fell(500) == 1


def test_while_starting_up_a_fall_is_a_fault_shown_with_its_log(processes):
    processes.start("web", "sh -c 'echo address already in use; exit 1'")
    processes.services[0].process.wait()

    with pytest.raises(LocalError, match="address already in use"):
        processes.must_run()


def test_a_process_that_will_not_stop_is_killed_after_its_time(tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE", 0.5)
    with Supervisor(dict(os.environ), tmp_path) as processes:
        processes.start("web", f"sh -c 'trap \"\" TERM; touch {tmp_path}/deaf; while :; do sleep 0.1; done'")
        wait_for((tmp_path / "deaf").exists)
        process = processes.services[0].process

    assert process.returncode == -signal.SIGKILL


def test_the_log_of_the_start_before_is_kept(processes):
    processes.log("web").write_text("the crash of yesterday")
    processes.start("web", "sleep 60")
    assert processes.log("web").with_suffix(".log.1").read_text() == "the crash of yesterday"


def test_the_procfile_names_what_runs_for_ever_and_release_is_not_among_it():
    assert list(procfile()) == ["web", "worker", "beat"]
    assert "reup.asgi:application" in procfile()["web"]


def test_what_the_others_ask_is_stopped_after_them(tmp_path):
    ends = "trap 'date +%s%N > {0}; exit' TERM; touch {0}.ready; while :; do sleep 0.05; done"
    with Supervisor(dict(os.environ), tmp_path) as processes:
        for name, asked in (("emulator", True), ("worker", False)):
            processes.start(name, f'sh -c "{ends.format(tmp_path / name)}"', asked=asked)
            wait_for((tmp_path / f"{name}.ready").exists)

    assert int((tmp_path / "worker").read_text()) < int((tmp_path / "emulator").read_text())
