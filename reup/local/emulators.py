"""The outside systems that have an emulator (apps/sandbox), and which command calls which."""

import contextlib
import os
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterable, Iterator
from pathlib import Path

from reup.local import child
from reup.local.places import ROOT, LocalError
from reup.local.ports import reserved

# The setting that tells the real system from its emulator.
SETTINGS = {"dutchie": "DUTCHIE_POS_URL", "backoffice": "DUTCHIE_BACKOFFICE_URL", "metrc": "METRC_URL"}
# What else ReUp must be told to be let in: invented keys, no secrets.
KEYS = {"metrc": {"METRC_VENDOR_KEY": "sbx-vendor-reup"}}
# One process each; names served by the same one share a world.
PROCESSES = {"dutchie": ["dutchie", "backoffice"], "metrc": ["metrc"]}
CALLED_BY = {
    "sync_inventory": ["dutchie", "backoffice"],
    "sync_deals": ["dutchie", "backoffice"],
    "send_reports": ["metrc"],
}
FIRST_PORT = 8101
PATIENCE = 60  # seconds
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback is not a proxy's business


def missing(names: Iterable[str] = SETTINGS) -> list[str]:
    """Those of `names` whose place no URL in the environment takes."""
    return [name for name in names if not os.environ.get(SETTINGS[name])]


@contextlib.contextmanager
def addresses(names: Iterable[str]) -> Iterator[dict[str, str]]:
    """A loopback address for each emulator, reserved until the end."""
    with contextlib.ExitStack() as stack:
        yield {name: f"http://127.0.0.1:{stack.enter_context(reserved(FIRST_PORT))}" for name in names}


def environment(urls: dict[str, str], token: str) -> dict[str, str]:
    """The settings by which ReUp finds the emulators and may call them on loopback."""
    hosts = [url.removeprefix("http://") for url in urls.values()]
    allowed = ",".join(filter(None, [os.environ.get("OUTBOUND_ALLOW"), *hosts]))
    keys = {key: value for name in urls for key, value in KEYS.get(name, {}).items()}
    found = {SETTINGS[name]: url for name, url in urls.items()}
    if "metrc" in urls:
        found["METRC_SITE_URL"] = f"{urls['metrc']}/_ctl/"  # its control page is the web site's people
    return {"SANDBOX_TOKEN": token, "OUTBOUND_ALLOW": allowed} | keys | found


def new_token() -> str:
    return os.environ.get("SANDBOX_TOKEN") or secrets.token_urlsafe(18)


def commands(urls: dict[str, str]) -> dict[str, list[str]]:
    """The processes that serve these addresses; at a place that a real system takes, any free port will do."""
    serve = [sys.executable, str(ROOT / "manage.py"), "sandbox", "--only"]
    return {
        process: [*serve, process, "--port", *(urls.get(name, ":0").rpartition(":")[2] for name in names)]
        for process, names in PROCESSES.items()
        if urls.keys() & set(names)
    }


def ready(url: str, token: str) -> bool:
    """Whether the emulator answers at its control door."""
    asked = urllib.request.Request(f"{url}/_ctl/world", headers={"X-Control-Token": token})
    with contextlib.suppress(OSError):
        return DIRECT.open(asked, timeout=5).status == 200
    return False


@contextlib.contextmanager
def running(names: list[str], *, logs: Path) -> Iterator[dict[str, str]]:
    """Emulators for the time of one command; gives the environment to reach them."""
    token = new_token()
    logs.mkdir(parents=True, exist_ok=True, mode=0o700)
    with contextlib.ExitStack() as stack:
        urls = stack.enter_context(addresses(names))
        settings = environment(urls, token) if urls else {}
        for name, command in commands(urls).items():
            log = logs / f"{name}.{os.getpid()}.log"
            process = _start(command, log, settings)
            stack.callback(log.unlink)
            stack.callback(child.stop, process)
            for served in urls.keys() & set(PROCESSES[name]):
                _await(process, urls[served], token, log)
        yield settings


def _start(command: list[str], log: Path, settings: dict[str, str]) -> subprocess.Popen:
    with log.open("w") as file:
        return child.spawn(command, stdout=file, stderr=file, env=os.environ | settings)


def _await(process: subprocess.Popen, url: str, token: str, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready(url, token):
        if process.poll() is not None or time.monotonic() > deadline:
            raise LocalError(f"An emulator did not start:\n{log.read_text()[-2000:]}")
        time.sleep(0.05)
