"""Where things lie on one machine: the state folder, its secrets, and short folders for sockets."""

import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("REUP_VAR") or ROOT / ".var")
LONGEST_SOCKET_FOLDER = 80  # a socket's path may have 107 bytes, and PostgreSQL's file name takes its part of them


class LocalError(Exception):
    """What keeps us from starting, as a sentence for the person at the terminal."""


def make_secrets(var: Path = VAR) -> None:
    """Make the signing key and the key for encryption at rest, once, readable by their owner only."""
    var.mkdir(parents=True, exist_ok=True)
    for name, size in (("secret", 48), ("keys", 32)):
        path = var / name
        if not path.exists():
            write_private(path, secrets.token_hex(size) + "\n", replace=False)


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file of mode 0600 in one step: readers see the whole of it or none."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    if replace:
        draft.replace(path)
        return
    with contextlib.suppress(FileExistsError):  # another process was first; its secret stands
        os.link(draft, path)
    draft.unlink()


def short(path: Path) -> str:
    """A name for `path` that is the same each time and fits anywhere."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:16]


def socket_path(home: Path) -> Path:
    """The folder for sockets of what lives in `home`: inside it, or in /tmp where a socket or a URL can't hold that."""
    folder = home / "s"
    fits = len(str(folder)) <= LONGEST_SOCKET_FOLDER and re.fullmatch(r"[A-Za-z0-9_./-]+", str(folder))
    return folder if fits else Path("/tmp") / f"reup-{short(home)}"


def make_private(folder: Path, *, owner: int, group: int = -1) -> None:
    """Make a folder that `owner` alone may enter; refuse one that somebody else put there."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    own(folder, owner, group)
    facts = folder.lstat()
    if facts.st_uid != owner or not stat.S_ISDIR(facts.st_mode):
        raise LocalError(f"{folder} belongs to somebody else. Remove it, or move the clone to a shorter path.")
    folder.chmod(0o700)


def own(folder: Path, owner: int, group: int) -> None:
    """Hand a folder of root's own making to `owner`; one that lies there under another name is left alone."""
    if os.geteuid() == 0 and owner != 0 and folder.lstat().st_uid == 0:
        os.chown(folder, owner, group, follow_symlinks=False)


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[bool]:
    """Hold the lock at `path`, at the longest till our process ends; False where another holds it and `wait` is off."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
