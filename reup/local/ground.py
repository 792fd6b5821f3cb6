"""What one `up` stands on: ports, engines, and the settings that follow from them."""

import argparse
import json
import os
import time
from contextlib import ExitStack
from dataclasses import dataclass, field

import psycopg
import redis

from reup.local import emulators, running
from reup.local.lease import Lease
from reup.local.places import VAR, LocalError, make_secrets
from reup.local.ports import HOST, reserved
from reup.local.progress import say, step

FIRST_PORT = 8000
ENGINES = {"database": "DATABASE_URL", "Redis": "REDIS_URL"}
SHARED = ("REUP_DEMO", "SANDBOX_TOKEN", "OUTBOUND_ALLOW", *ENGINES.values(), *emulators.SETTINGS.values())
SHARED += tuple(key for keys in emulators.KEYS.values() for key in keys)


@dataclass
class Start:
    """What one `up` was asked for, and what it has found so far."""

    options: argparse.Namespace
    started: float
    url: str = ""
    token: str = ""
    emulators: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    leases: list[Lease] = field(default_factory=list)

    @property
    def demo(self) -> bool:
        return not self.options.no_demo

    def must_have_engines(self) -> None:
        for lease in self.leases:
            if why := lease.ended():
                raise LocalError(f"{why}; stopping the rest")

    def report(self, *, ok: bool, **more: object) -> str:
        """The one line of `--check`."""
        found = {"url": self.url, "emulators": self.emulators, "control_token": self.token}
        return json.dumps({"ok": ok, **found, **more, "seconds": round(time.time() - self.started, 1)})


def choose_ports(start: Start, stack: ExitStack) -> None:
    """The web's address and, in demo mode, those of the emulators; told to the clone's other commands at once."""
    host, wanted = os.environ.get("HOST", HOST), start.options.port
    port = stack.enter_context(reserved(wanted or FIRST_PORT, host=host, only=bool(wanted)))
    if not wanted and port != FIRST_PORT:
        say(f"  port {FIRST_PORT} is in use, taking {port}")
    start.url = f"http://{HOST if host in ('0.0.0.0', '::') else host}:{port}"
    start.settings |= {"PORT": str(port), "HOST": host, "REUP_DEMO": "1" if start.demo else "0"}
    if start.demo:
        start.token = emulators.new_token()
        start.emulators = stack.enter_context(emulators.addresses(emulators.missing()))
        start.settings |= emulators.environment(start.emulators, start.token)
    settings = os.environ | start.settings
    running.note({"url": start.url, "environment": {key: settings[key] for key in SHARED if key in settings}})


def open_engines(start: Start, stack: ExitStack) -> None:
    """Our own engines, or a look at those that the environment names."""
    make_secrets()
    for name, setting in ENGINES.items():
        with step(name):
            if url := os.environ.get(setting):
                must_answer(setting, url)
            else:
                lease = stack.enter_context(Lease([setting], var=VAR))
                start.leases.append(lease)
                start.settings |= lease.urls


def must_answer(setting: str, url: str) -> None:
    """Fail now, in the server's own words, rather than in every process later."""
    try:
        if setting == "DATABASE_URL":
            psycopg.connect(url, connect_timeout=5).close()
        else:
            redis.Redis.from_url(url, socket_connect_timeout=5).ping()
    except (psycopg.Error, redis.RedisError, ValueError) as error:
        raise LocalError(f"The server of {setting} does not answer: {error}") from error
