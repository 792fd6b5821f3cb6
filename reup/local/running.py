"""What a running `manage.py up` leaves for the clone's other commands: its address, its mode, its emulators."""

import json
from pathlib import Path

from reup.local.places import VAR, locked, write_private


def lock(var: Path = VAR) -> Path:
    return var / "up.lock"


def note(facts: dict, *, var: Path = VAR) -> None:
    """Leave `{url, environment, ...}`; private, for it holds the emulators' control token."""
    write_private(var / "up.json", json.dumps(facts))


def facts(*, var: Path = VAR) -> dict:
    """What the running `up` left, or nothing where none runs: a note outlived by its writer doesn't count."""
    with locked(lock(var), wait=False) as free:
        if free:
            return {}
    try:
        return json.loads((var / "up.json").read_text())
    except (OSError, ValueError):
        return {}
