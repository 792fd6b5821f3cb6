"""A part of a workload in a process of its own, for what a process keeps: memory, connections, another engine."""

import json
import os
import subprocess
import sys
from typing import Any

from reup.local.places import ROOT

RUN = """
import importlib, json, sys
import django
django.setup()
print(json.dumps(importlib.import_module(sys.argv[1]).main(*sys.argv[2:])))
"""


def run_apart(module: str, *arguments: str, environment: dict[str, str]) -> Any:
    """What `main(*arguments)` of the module returns. Its errors are ours."""
    command = [sys.executable, "-c", RUN, module, *arguments]
    quiet = {"REUP_LOG_LEVEL": "WARNING", "REUP_NO_VENV": "1"}
    done = subprocess.run(  # noqa: S603  our own Python
        command, env=os.environ | environment | quiet, cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])
