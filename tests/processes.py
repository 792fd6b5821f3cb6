"""Other processes of ours, on the test's own database: scripts and workers that may be killed."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import IO
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection


def environment(**changes: str) -> dict[str, str]:
    """This process's, with the database these tests work on."""
    url = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + connection.settings_dict["NAME"]).geturl()
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "reup.settings",
        "REUP_ENV": "test",
        "SECRET_KEY": settings.SECRET_KEY,
        "REUP_KEYS": settings.REUP_KEYS,
        "REDIS_PREFIX": settings.REDIS_PREFIX,
        "DATABASE_URL": url,
        **changes,
    }


def in_a_loop(coroutine: Coroutine) -> object:
    """Run it in a loop of its own, in a thread of its own: the browser tests keep a loop in this one."""
    with ThreadPoolExecutor(1) as elsewhere:
        return elsewhere.submit(asyncio.run, coroutine).result()


def script(text: str, **changes: str) -> subprocess.CompletedProcess:
    """Run a script that may use our apps; its return code is negative when a signal ended it."""
    return subprocess.run(
        [sys.executable, "-c", f"import django; django.setup()\n{text}"],
        env=environment(**changes),
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@contextmanager
def running(*command: str, log: IO | None = None, **changes: str):
    """A Python command that runs until the block ends, then is killed. `log` is the file it may complain into."""
    process = subprocess.Popen(
        [sys.executable, *command],
        env=environment(**changes),
        cwd=settings.ROOT,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
