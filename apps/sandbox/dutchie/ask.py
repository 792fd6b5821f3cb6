"""How the POS reads its callers' questions: who asks, flags, moments, pages. What cannot be read is a BadQuestion."""

import base64
import binascii
from datetime import datetime

from apps.sandbox.clock import moment
from apps.sandbox.wire import Request

LARGEST_PAGE = 5000  # no document names it; clients found it


class BadQuestion(Exception):
    """A parameter that cannot be read; `name` says which."""

    def __init__(self, name: str, value: str):
        super().__init__(f"The value '{value}' is not valid.")
        self.name = name


def credentials(request: Request) -> tuple[str | None, str]:
    """User name and password of the Basic header; no name when there is no readable one."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None, ""
    try:
        name, _, password = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, ""
    return name, password


def flag(query, name: str) -> bool:
    """False when absent, as all flags of the POS."""
    value = _find(query, name)
    if value is None:
        return False
    if value.lower() not in ("true", "false"):
        raise BadQuestion(name, value)
    return value.lower() == "true"


def when(query, name: str) -> datetime | None:
    value = _find(query, name)
    try:
        return moment(value) if value else None
    except ValueError:
        raise BadQuestion(name, value) from None


def page(rows: list, query) -> list:
    """`offset` and `limit`, or `Skip` and `Take`: undocumented, and used by clients. Without them, everything."""
    start = _number(query, "offset") or _number(query, "skip") or 0
    size = _number(query, "limit") or _number(query, "take")
    if size is None and not start:
        return rows
    return rows[start : start + min(size or LARGEST_PAGE, LARGEST_PAGE)]


def start_of(query) -> int | None:
    """What `offset` or `Skip` says; None where no page is asked for."""
    return _number(query, "offset") if _find(query, "offset") else _number(query, "skip")


def from_start(query, start: int | None) -> dict:
    """The same query from another row on."""
    names = {name.lower(): name for name in query}
    name = names.get("offset") or names.get("skip")
    kept = {key: value for key, value in query.items() if key != name}
    return kept if start is None or name is None else {**kept, name: str(start)}


def _number(query, name: str) -> int | None:
    value = _find(query, name)
    if value is None:
        return None
    if not value.isdecimal():
        raise BadQuestion(name, value)
    return int(value)


def _find(query, name: str) -> str | None:
    """Parameter names are read without regard to case, as ASP.NET does."""
    return next((value for key, value in query.items() if key.lower() == name.lower()), None)
