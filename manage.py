#!/usr/bin/env python3
"""The way in to every command: makes .venv on first use and steps into it. Standard library only until it is there."""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "reup.stamp"
RUN = ROOT / "requirements.txt"
TOOLS = ROOT / "tests" / "requirements.txt"
NEEDS_TOOLS = {"test", "tool"}


def say(text):
    print(text, file=sys.stderr, flush=True)


def fail(text):
    say(text)
    sys.exit(1)


def fingerprint(locks):
    """What the packages in .venv were made from: the lock files and the Python they run on."""
    digest = hashlib.sha256(sys.version.encode())
    for lock in locks:
        digest.update(lock.read_bytes())
    return digest.hexdigest()


def installed():
    """The fingerprints .venv was stamped with after its last complete install."""
    return set(STAMP.read_text().split()) if STAMP.is_file() else set()


def venv_fits():
    """False where .venv is missing, was cut short, belongs to another Python, or came along with a copied folder."""
    try:
        lines = (VENV / "pyvenv.cfg").read_text().splitlines()
    except OSError:
        return False
    facts = {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in lines)}
    here = facts.get("command", "").endswith(str(VENV))
    return here and facts.get("version") == ".".join(map(str, sys.version_info[:3])) and (VENV / "bin" / "pip").exists()


def make_venv():
    if not importlib.util.find_spec("ensurepip"):
        fail("Python's venv module is not complete on this machine. On Debian or Ubuntu: apt-get install python3-venv")
    say("packages: making .venv")
    maker = getattr(sys, "_base_executable", sys.executable)
    made = subprocess.run([maker, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False)
    if made.returncode:
        fail(f"Making {VENV} failed:\n{made.stdout}{made.stderr}")


def pip(*arguments, **options):
    return subprocess.run([str(PYTHON), "-m", "pip", *arguments], text=True, check=False, **options)


def uv_lines():
    """uv's own entry in the tools' lock file, so that the installer is held to a hash like all it installs."""
    entry = []
    for line in TOOLS.read_text().splitlines():
        if line.startswith("uv=="):
            entry = [line]
        elif entry and line.startswith(" "):
            entry.append(line)
        elif entry:
            break
    return "\n".join(entry) + "\n"


def uv_environment():
    """uv reads no pip configuration: tell it of a house's own package index, where pip knows one."""
    listed = pip("config", "list", capture_output=True).stdout
    known = dict(line.partition("=")[::2] for line in listed.splitlines())
    for key in (":env:.index-url", "global.index-url", "user.index-url", "site.index-url"):
        if key in known:
            return {"UV_DEFAULT_INDEX": known[key].strip("'")} | os.environ
    return dict(os.environ)


def install_with_uv(locks):
    if not (VENV / "bin" / "uv").exists():
        got = pip("install", "-q", "--require-hashes", "-r", "/dev/stdin", input=uv_lines(), capture_output=True)
        if got.returncode:
            return False
    command = [str(VENV / "bin" / "uv"), "pip", "sync", "-q", "--python", str(PYTHON), "--require-hashes"]
    return subprocess.run([*command, *map(str, locks)], env=uv_environment(), check=False).returncode == 0


def install_with_pip(locks):
    say("packages: uv could not install them; pip tries, which takes a minute")
    wanted = [part for lock in locks for part in ("-r", str(lock))]
    return pip("install", "-qq", "--require-hashes", *wanted, stdout=sys.stderr).returncode == 0


def install(*, tools):
    """Fill .venv from the lock files; tools once installed stay."""
    if not venv_fits():
        make_venv()
    locks = [RUN, TOOLS] if tools or "tools" in installed() else [RUN]
    STAMP.unlink(missing_ok=True)
    say("packages: installing " + " and ".join(str(lock.relative_to(ROOT)) for lock in locks))
    if not install_with_uv(locks) and not install_with_pip(locks):
        fail("The packages could not be installed; the lines above say why.")
    marks = [fingerprint([RUN])] + ([fingerprint([RUN, TOOLS]), "tools"] if TOOLS in locks else [])
    STAMP.write_text("\n".join(marks) + "\n")


def ensure_venv(*, tools):
    """Make .venv what the lock files say. One process at a time: a second one waits and finds it done."""
    wanted = fingerprint([RUN, TOOLS] if tools else [RUN])
    with RUN.open() as lock:
        if wanted not in installed() or not venv_fits():
            fcntl.flock(lock, fcntl.LOCK_EX)
            if wanted not in installed() or not venv_fits():
                started = time.monotonic()
                install(tools=tools)
                say(f"packages: {time.monotonic() - started:.1f} s")


def step_into_venv():
    """Go on as .venv's Python; the environment says so to the processes we start."""
    os.environ["PATH"] = f"{VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    os.environ.update(VIRTUAL_ENV=str(VENV), REUP_NO_VENV="1")
    os.execv(PYTHON, [str(PYTHON), str(ROOT / "manage.py"), *sys.argv[1:]])  # noqa: S606  no shell is meant


def run_tool(name="", *arguments):
    """`manage.py tool ruff check`: a development tool of .venv, made first where it is missing."""
    os.chdir(ROOT)
    with contextlib.suppress(FileNotFoundError):
        os.execvp(name, [name, *arguments])  # noqa: S606  no shell is meant
    say(f"There is no tool named {name!r}. Example: python3 manage.py tool ruff check")
    return 2


def main():
    name = sys.argv[1] if len(sys.argv) > 1 else "help"
    os.environ.setdefault("REUP_STARTED", str(time.time()))
    if not os.environ.get("REUP_NO_VENV"):
        ensure_venv(tools=name in NEEDS_TOOLS)
        step_into_venv()
    if name == "tool":
        return run_tool(*sys.argv[2:])
    from reup.local import cli

    return cli.main(sys.argv)


if sys.version_info < (3, 11):  # noqa: UP036  the one file an older Python gets to read
    fail("ReUp needs Python 3.11 or newer; this is {}.{}.".format(*sys.version_info[:2]))
if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
