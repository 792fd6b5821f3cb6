"""The other commands of a clone: what each is given, and that `test` is a room of its own."""

import signal
import subprocess
import sys
import time

import pytest

from reup.local import borrow, emulators, signin, suite
from reup.local.places import ROOT, locked

from .conftest import clean_environment, manage, processes_of


@pytest.mark.parametrize("line", ["match_products a.csv b.csv", "spectacular", "check", "--version", "migrate --help"])
def test_a_command_that_needs_no_database_starts_nothing(line, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert not borrow.needs_ground(line.split()[0], ["manage.py", *line.split()])


def test_a_command_that_needs_the_database_gets_engines_unless_one_is_named_or_this_is_production(monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("REUP_ENV", "development")
    assert borrow.needs_ground("verify_audit", ["manage.py", "verify_audit"])

    monkeypatch.setenv("REUP_ENV", "production")
    assert not borrow.needs_ground("verify_audit", ["manage.py", "verify_audit"])

    monkeypatch.setenv("REUP_ENV", "development")
    monkeypatch.setenv("DATABASE_URL", "postgres://reup@db.example/reup")
    assert not borrow.needs_ground("verify_audit", ["manage.py", "verify_audit"])


def test_a_command_alone_in_its_clone_finds_a_migrated_database_and_leaves_nothing_running(var):
    shown = manage("check_invariants", "--json", var=var, REUP_DEMO="0")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("{")
    assert processes_of(var) == {}


def test_two_test_runs_at_once_do_not_meet(var):
    arguments = [sys.executable, str(ROOT / "manage.py"), "test", "-q", "tests/local/test_database.py"]
    runs = [
        subprocess.Popen(
            arguments, env=clean_environment(var), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        for _ in range(2)
    ]
    said = [run.communicate(timeout=100)[0] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], said
    assert not list(var.glob("test-*"))
    assert processes_of(var) == {}


def test_what_a_killed_test_run_left_is_swept_by_the_next(var, monkeypatch):
    monkeypatch.setattr(suite, "VAR", var)
    for name in ("test-11", "test-22"):
        (var / name / "redis").mkdir(parents=True)
        (var / f"{name}.lock").touch()

    with locked(var / "test-22.lock"):  # this one still runs
        suite.sweep()

    assert sorted(path.name for path in var.glob("test-*")) == ["test-22", "test-22.lock"]


def test_pytest_without_a_single_test_is_a_failure(var):
    empty = manage("test", "-q", "tests/local/__init__.py", var=var)
    assert empty.returncode == 5


def test_an_emulator_whose_place_a_real_url_takes_is_not_started(monkeypatch):
    monkeypatch.delenv("DUTCHIE_POS_URL", raising=False)
    assert emulators.missing(["dutchie"]) == ["dutchie"]
    monkeypatch.setenv("DUTCHIE_POS_URL", "https://api.pos.dutchie.com")
    assert emulators.missing(["dutchie"]) == []


def test_emulators_are_named_to_the_settings_and_allowed_on_loopback(monkeypatch):
    monkeypatch.setenv("OUTBOUND_ALLOW", "127.0.0.1:9")
    settings = emulators.environment({"dutchie": "http://127.0.0.1:8101"}, "token")
    assert settings == {
        "SANDBOX_TOKEN": "token",
        "OUTBOUND_ALLOW": "127.0.0.1:9,127.0.0.1:8101",
        "DUTCHIE_POS_URL": "http://127.0.0.1:8101",
    }


def test_an_emulator_runs_for_the_time_of_one_command(var, monkeypatch):
    monkeypatch.delenv("DUTCHIE_POS_URL", raising=False)
    with emulators.running(["dutchie"], logs=var / "log") as settings:
        assert emulators.ready(settings["DUTCHIE_POS_URL"], settings["SANDBOX_TOKEN"])
        assert not emulators.ready(settings["DUTCHIE_POS_URL"], "another token")
    assert not emulators.ready(settings["DUTCHIE_POS_URL"], settings["SANDBOX_TOKEN"])


def test_the_last_lines_tell_address_people_and_control_token():
    people = [
        {"role": "retailer, buyer", "email": "b@shop.example", "password": "long-enough"},
        {"role": "staff", "email": "s@reup.example", "password": "x", "totp": "ABC", "recovery": ["1", "2"]},
    ]
    text = signin.lines(url="http://127.0.0.1:8000", emulators={"dutchie": "http://e"}, token="t0k", people=people)
    assert "ReUp runs at http://127.0.0.1:8000" in text
    assert "  retailer, buyer  b@shop.example  long-enough" in text
    assert "  s@reup.example: TOTP ABC, recovery codes 1 2" in text
    assert "  dutchie  http://e/_ctl/" in text
    assert "  header X-Control-Token: t0k" in text


def test_without_a_demo_nobodys_sign_in_is_printed():
    text = "\n".join(signin.lines(url="http://127.0.0.1:8000", emulators={}, token="", people=[]))
    assert "sign-ins" not in text
    assert "Control-Token" not in text


SLEEPER = "import time\n\ndef test_sleeps(request):\n    print('asleep', flush=True)\n    time.sleep(60)\n"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGKILL, -9)])
def test_a_test_run_that_is_told_to_stop_takes_its_engines_with_it(var, number, code):
    (var / "test_sleeper.py").write_text(SLEEPER)
    command = [sys.executable, str(ROOT / "manage.py"), "test", "-s", "-c", str(ROOT / "pyproject.toml"), str(var)]
    run = subprocess.Popen(command, env=clean_environment(var), stdout=subprocess.PIPE, text=True)
    while "asleep" not in (line := run.stdout.readline()):
        assert line, "pytest ended before it began"

    run.send_signal(number)
    run.communicate(timeout=30)

    assert run.returncode == code
    deadline = time.monotonic() + 20
    while processes_of(var) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert processes_of(var) == {}


def test_the_suite_runs_under_its_own_settings_whatever_the_shell_says(var):
    code = "def test_settings(settings):\n    assert settings.SETTINGS_MODULE == 'tests.settings'\n"
    (var / "test_settings.py").write_text(code)
    arguments = [
        "test",
        "-q",
        "-c",
        str(ROOT / "pyproject.toml"),
        "--rootdir",
        str(ROOT),
        str(var / "test_settings.py"),
    ]
    run = manage(*arguments, var=var, DJANGO_SETTINGS_MODULE="reup.settings")
    assert run.returncode == 0, run.stdout
