"""State folders of our own for engines and for whole ReUps, and commands run in them as a newcomer would."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from reup.local import keeper
from reup.local.engines import Postgres, Redis
from reup.local.places import ROOT

OURS = ("DATABASE_URL", "REDIS_URL", "DUTCHIE_POS_URL", "OUTBOUND_ALLOW", "SANDBOX_TOKEN", "SECRET_KEY", "REUP_KEYS")


def make_folder() -> Path:
    """Open for PostgreSQL's account and short enough for a socket, which pytest's own folders are not."""
    folder = Path(tempfile.mkdtemp(prefix="reup-test-", dir="/tmp"))
    folder.chmod(0o755)
    return folder


def remove_folder(folder: Path) -> None:
    Postgres(folder / "pg").remove()
    Redis(folder / "redis").remove()
    shutil.rmtree(keeper.address(folder).parent, ignore_errors=True)
    shutil.rmtree(folder)


@pytest.fixture
def var():
    folder = make_folder()
    yield folder
    remove_folder(folder)


@pytest.fixture(scope="module")
def shared_var():
    folder = make_folder()
    yield folder
    remove_folder(folder)


def clean_environment(var: Path, **extra: str) -> dict[str, str]:
    """Nothing of the suite's own engines and secrets."""
    kept = {key: value for key, value in os.environ.items() if key not in OURS and not key.startswith("REUP_")}
    return kept | {"REUP_NO_VENV": "1", "REUP_VAR": str(var), "DJANGO_SETTINGS_MODULE": "reup.settings"} | extra


def manage(*arguments: str, var: Path, **extra: str) -> subprocess.CompletedProcess:
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    env = clean_environment(var, **extra)
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=100, check=False)


def processes_of(var: Path) -> dict[int, str]:
    """Every process that was started for `var`, by its command line or its environment: {pid: command line}."""
    found = {}
    for pid in sorted(int(name) for name in os.listdir("/proc") if name.isdigit()):
        with contextlib.suppress(OSError):
            command, environment = (Path(f"/proc/{pid}/{part}").read_bytes() for part in ("cmdline", "environ"))
            if os.fsencode(var) in command + environment:
                found[pid] = command.replace(b"\0", b" ").decode()
    return found
