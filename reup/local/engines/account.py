"""Who an engine runs as. PostgreSQL refuses root, so root lends it an account that exists; we never make one."""

import os
import pwd
import secrets
from pathlib import Path

from reup.local.places import LocalError

STATE = Path("/var/lib/reup")  # root's, for engines whose account can't get into the clone


def lent_account() -> pwd.struct_passwd | None:
    """None where we run the server as ourselves; else the account root lends."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise LocalError("PostgreSQL does not run as root, and no account 'postgres' or 'nobody' exists. Set DATABASE_URL.")


def run_as(account: pwd.struct_passwd | None) -> dict:
    """The same for subprocess."""
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def may_enter(account: pwd.struct_passwd | None, folder: Path) -> bool:
    """Whether `account` can get into `folder`, or would once it is made. We look and change nothing."""
    if account is None:
        return True
    steps = [step for step in (folder, *folder.parents) if step.exists()]
    return all(_open_to(account, step) for step in steps)


def _open_to(account: pwd.struct_passwd, folder: Path) -> bool:
    facts = folder.stat()
    if facts.st_uid == account.pw_uid:
        return bool(facts.st_mode & 0o100)
    return bool(facts.st_mode & (0o010 if facts.st_gid == account.pw_gid else 0o001))


def placed(home: Path, account: pwd.struct_passwd | None) -> Path:
    """`home`, or a folder in root's state folder where the account can't enter: a clone under root's closed home.

    `point_to` makes `home` a link to it. So a fresh clone at an old one's path starts afresh, with keys of its own."""
    if home.is_symlink():
        return home.readlink()
    return home if may_enter(account, home) else STATE / secrets.token_hex(8)


def point_to(place: Path, *, home: Path) -> None:
    """Make `place`, in the state folder, and leave a link to it at `home`; nothing where the two are one."""
    if place != home:
        open_state()
        place.mkdir(exist_ok=True)
        home.parent.mkdir(parents=True, exist_ok=True)
        if not home.is_symlink():
            home.symlink_to(place)


def open_state() -> None:
    """Make the state folder: root's own, open for others to pass through."""
    STATE.mkdir(parents=True, exist_ok=True)
    STATE.chmod(0o755)
