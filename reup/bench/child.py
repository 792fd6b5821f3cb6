"""A part of a workload in a process of its own, for what a process keeps: memory, connections, another engine."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from reup.local import child
from reup.local.places import ROOT

READY = """
import importlib, json, resource, sys
import django
django.setup()
resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
module = importlib.import_module(sys.argv[1])
"""
RUN = f"{READY}print(json.dumps(module.main(*sys.argv[2:])))"
SERVE = f"{READY}module.serve(int(sys.argv[2]))"
QUIET = {"REUP_LOG_LEVEL": "WARNING", "REUP_NO_VENV": "1"}


def run_apart(module: str, *arguments: str, environment: dict[str, str]) -> Any:
    """What `main(*arguments)` of the module returns. Its errors are ours."""
    command = [sys.executable, "-c", RUN, module, *arguments]
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    process = child.spawn(command, env=os.environ | environment | QUIET, cwd=ROOT, **options)
    try:
        out, words = process.communicate()
    finally:
        child.stop(process, by=signal.SIGKILL)
    if process.returncode:
        raise RuntimeError(f"{module} failed:\n{words[-2000:]}")
    return json.loads(out.splitlines()[-1])


@contextmanager
def serving(module: str, port: int, *, environment: dict[str, str]) -> Iterator[None]:
    """`serve(port)` of the module in a process of its own, listening on loopback until the block ends."""
    command = [sys.executable, "-c", SERVE, module, str(port)]
    with tempfile.TemporaryFile() as words:
        process = child.spawn(command, env=os.environ | environment | QUIET, cwd=ROOT, stdout=words, stderr=words)
        try:
            _await(process, port, words, module)
            yield
        finally:
            child.stop(process, by=signal.SIGKILL)


def _await(process: subprocess.Popen, port: int, words, module: str) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    words.seek(0)
    raise RuntimeError(f"{module} does not serve:\n{words.read().decode(errors='replace')[-2000:]}")
