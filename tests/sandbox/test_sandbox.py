"""The command: it serves in a process of its own, says where, and ends when it is told to."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
STARTER = """
import sys, django
from django.conf import settings
settings.configure(INSTALLED_APPS=["apps.sandbox"], USE_TZ=True)
django.setup()
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""


@pytest.fixture
def started():
    """Starts the command with no settings but its own app: it needs no database, and this proves it."""
    running = []

    def start(*arguments, **environment):
        process = subprocess.Popen(
            [sys.executable, "-c", STARTER, "sandbox", *arguments],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()


def test_it_prints_its_urls_serves_and_ends_on_sigterm(started):
    process = started("--json", "--still", "--only", "dutchie", SANDBOX_TOKEN="given")
    urls = json.loads(process.stdout.readline())
    assert list(urls) == ["dutchie", "backoffice"]
    world = requests.get(urls["dutchie"] + "/_ctl/world", headers={"X-Control-Token": "given"}, timeout=5).json()
    assert world["settings"]["drift"] is False
    process.send_signal(signal.SIGTERM)
    rest, _ = process.communicate(timeout=10)
    assert (process.returncode, rest) == (0, "")


def test_without_a_token_it_makes_one_and_tells_it(started):
    process = started(SANDBOX_TOKEN="")
    lines = [process.stdout.readline() for _ in range(4)]
    url = lines[0].split()[1]
    token = lines[-1].split()[-1]
    world = requests.get(f"{url}/_ctl/world", headers={"X-Control-Token": token}, timeout=5)
    assert world.json()["settings"]["drift"] is True
