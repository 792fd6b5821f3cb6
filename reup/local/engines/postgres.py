"""PostgreSQL on a socket only: initdb on first use, recovery after a crash, never as root."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from reup.local.places import LocalError, make_private, own, socket_path

from .account import lent_account, placed, point_to, run_as
from .binaries import postgres_programs
from .engine import Engine

NAME = "reup"  # of the first user and of the database
MOST_BUFFERS = 512  # MB; taken from the machine as they fill
CAREFREE = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


class Postgres(Engine):
    """`Postgres(folder).start()` gives an empty database `reup` at `.url`, or the one that was left there.

    `throwaway` trades safety on disk for speed and removes everything at the end."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(self, home: Path, *, throwaway: bool = False):
        self.account = lent_account()
        self.asked_home = home
        super().__init__(placed(home, self.account), throwaway=throwaway)
        self.owner = self.account.pw_uid if self.account else os.getuid()
        self.group = self.account.pw_gid if self.account else -1
        self.data = self.home / "data"
        self.sockets = socket_path(self.home)

    @property
    def url(self) -> str:
        return self._url(NAME)

    def _url(self, database: str) -> str:
        return f"postgres://{NAME}@/{database}?host={self.sockets}"

    def start(self) -> None:
        self._make_folders()
        programs = postgres_programs(self.account)
        if not self.data.exists():
            self._initdb(programs)
        self._forget_stale_pid()
        options = ["-D", str(self.data), "-k", str(self.sockets), "-c", "listen_addresses="]
        options += ["-c", "unix_socket_permissions=0700", "-c", "max_connections=200"]
        options += ["-c", f"shared_buffers={_buffers()}MB"]
        options += CAREFREE if self.throwaway else []
        self.launch([str(programs / "postgres"), *options], **run_as(self.account))
        self._create_database()

    def answers(self) -> bool:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(self._url("postgres"), connect_timeout=5):
            return True
        return False

    def remove(self) -> None:
        shutil.rmtree(self.sockets, ignore_errors=True)
        shutil.rmtree(self.home, ignore_errors=True)
        if self.asked_home.is_symlink():
            self.asked_home.unlink()

    def _make_folders(self) -> None:
        point_to(self.home, home=self.asked_home)
        self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
        own(self.home, self.owner, self.group)
        make_private(self.sockets, owner=self.owner, group=self.group)

    def _initdb(self, programs: Path) -> None:
        """Into a folder of another name first: an initdb that was killed leaves nothing that looks like a cluster."""
        draft = self.home / "data.new"
        shutil.rmtree(draft, ignore_errors=True)
        command = [str(programs / "initdb"), "-D", str(draft), "-U", NAME, "--auth=trust", "--no-sync"]
        command += ["--encoding=UTF8", "--locale=C.UTF-8"]
        try:
            made = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", **run_as(self.account))
        except OSError as error:  # a container that maps no second user
            raise LocalError(f"PostgreSQL can't run as another user here ({error}). Set DATABASE_URL.") from error
        if made.returncode:
            raise LocalError(f"PostgreSQL could not make its data folder:\n{made.stderr.strip()}")
        draft.rename(self.data)

    def _forget_stale_pid(self) -> None:
        """After a crash or in a new container the pid on file may be anybody's; PostgreSQL itself would only refuse."""
        path = self.data / "postmaster.pid"
        with contextlib.suppress(FileNotFoundError):
            pid = path.read_text().split("\n", 1)[0]
            deadline = time.monotonic() + 10
            while self._is_ours(pid):
                if time.monotonic() > deadline:
                    raise LocalError(f"Another PostgreSQL (process {pid}) already runs on {self.data}.")
                time.sleep(0.1)
            path.unlink()

    def _is_ours(self, pid: str) -> bool:
        try:
            command = Path(f"/proc/{int(pid)}/cmdline").read_bytes().split(b"\0")
        except (OSError, ValueError):
            return False
        return b"postgres" in command[0] and os.fsencode(self.data) in command

    def _create_database(self) -> None:
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                connection.execute(f"CREATE DATABASE {NAME}")


def _buffers() -> int:
    """MB that PostgreSQL keeps tables in: a quarter of the machine's memory, as its manual advises."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(32, min(MOST_BUFFERS, memory // 4))
