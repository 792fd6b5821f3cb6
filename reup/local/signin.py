"""The last lines of `up`: where it is, who may sign in, how to play with the emulators."""

import json
from pathlib import Path

from reup.local.places import VAR

PEOPLE = "people.json"  # written by `manage.py prepare` in demo mode


def people(var: Path = VAR) -> list[dict]:
    """`[{role, email, password, totp?, recovery?}]` as the demo left it; empty where there is none."""
    try:
        return json.loads((var / PEOPLE).read_text())
    except OSError:
        return []


def lines(*, url: str, emulators: dict[str, str], token: str, people: list[dict]) -> list[str]:
    """The text, line by line."""
    text = ["", f"ReUp runs at {url}", ""]
    if people:
        text += ["Demo sign-ins", *_table([(who["role"], who["email"], who["password"]) for who in people])]
        text += [line for who in people for line in _second_factor(who)] + [""]
    if emulators:
        text += ["Emulators", *_table([(name, f"{at}/_ctl/") for name, at in emulators.items()])]
        text += [f"  header X-Control-Token: {token}", ""]
    return [*text, f"Logs are in {VAR / 'log'}. Ctrl-C stops everything; the data stay."]


def _second_factor(who: dict) -> list[str]:
    found = [f"TOTP {who['totp']}"] if who.get("totp") else []
    found += ["recovery codes " + " ".join(who["recovery"])] if who.get("recovery") else []
    return [f"  {who['email']}: {', '.join(found)}"] if found else []


def _table(rows: list[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  " + "  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
