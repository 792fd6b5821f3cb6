"""`manage.py test`: pytest on throw-away engines of its own, or on the servers of DATABASE_URL and REDIS_URL."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from reup.local import child
from reup.local.engines import Postgres, Redis
from reup.local.places import ROOT, VAR, locked
from reup.local.signals import Stopped, stopping

PATIENCE = 20  # seconds for pytest to take its fixtures down


def main(arguments: list[str]) -> int:
    """pytest's exit code; 128 + n after signal n."""
    os.chdir(ROOT)
    try:
        with stopping(), throwaway_folder() as folder, engines(folder) as urls:
            return run_pytest(arguments, environment(folder, urls))
    except Stopped as stopped:
        return 128 + stopped.number


@contextlib.contextmanager
def throwaway_folder() -> Iterator[Path]:
    """`.var/test-PID`, removed at the end; what a killed run left is removed at the next start."""
    sweep()
    folder = VAR / f"test-{os.getpid()}"
    with locked(lock_of(folder)):
        try:
            yield folder
        finally:
            remove(folder)


def lock_of(folder: Path) -> Path:
    return folder.with_suffix(".lock")


def sweep() -> None:
    for path in VAR.glob("test-*.lock"):
        with locked(path, wait=False) as abandoned:
            if abandoned:
                remove(path.with_suffix(""))


def remove(folder: Path) -> None:
    Postgres(folder / "pg").remove()
    Redis(folder / "redis").remove()
    shutil.rmtree(folder, ignore_errors=True)
    lock_of(folder).unlink(missing_ok=True)


@contextlib.contextmanager
def engines(folder: Path) -> Iterator[dict[str, str]]:
    """An engine for each URL that is not set."""
    with contextlib.ExitStack() as stack:
        urls = {}
        if not os.environ.get("DATABASE_URL"):
            urls["DATABASE_URL"] = stack.enter_context(Postgres(folder / "pg", throwaway=True)).url
        if not os.environ.get("REDIS_URL"):
            urls["REDIS_URL"] = stack.enter_context(Redis(folder / "redis", throwaway=True)).url
        yield urls


def environment(folder: Path, urls: dict[str, str]) -> dict[str, str]:
    """Nothing of the developer's own state: secrets of this run, a state folder of this run, no demo."""
    keys = {"SECRET_KEY": secrets.token_hex(48), "REUP_KEYS": secrets.token_hex(32)}
    return os.environ | keys | urls | {"REUP_ENV": "test", "REUP_DEMO": "0", "REUP_VAR": str(folder)}


def run_pytest(arguments: list[str], env: dict[str, str]) -> int:
    """In our own session, so that a debugger has the terminal; Ctrl-C reaches it there and we let it finish."""
    command = [sys.executable, "-m", "pytest", *arguments]
    pytest = child.spawn(command, env=env, start_new_session=False, stdin=None)
    try:
        return pytest.wait()
    except Stopped as stopped:
        if stopped.number != signal.SIGINT or not os.isatty(0):  # a terminal's Ctrl-C has reached pytest already
            pytest.send_signal(signal.SIGINT)
        raise
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            pytest.wait(PATIENCE)
        pytest.kill()
        pytest.wait()
