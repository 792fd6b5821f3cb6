"""Why METRC said no, out of every shape its refusals have been seen in."""

import re
from typing import Any

import msgspec
from msgspec import Struct

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
TAG = re.compile(r"<(script|style)\b.*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
LONGEST_TEXT = 2000  # "Valid values are: …" may name them all
# A 400 with such a text is METRC's own server in trouble, not a fault in what was sent.
STUMBLE = re.compile(
    r"could not load file or assembly|object reference not set|an error has occurred|timeout expired|deadlock"
    r"|\bSystem\.\w+\.?\w*Exception|^\s+at [\w.]+\(",
    re.IGNORECASE | re.MULTILINE,
)


class Refusal(Struct, frozen=True):
    """One thing that METRC found wrong; `row` is the place of the object in what was sent, None for all of it."""

    text: str
    row: int | None = None


def read_refusals(body: str) -> tuple[Refusal, ...]:
    """Every message in the body: [{row, message}], texts, {Message}, plain text, a web page's words; () for nothing."""
    try:
        said: Any = msgspec.json.decode(body)
    except UNREADABLE:
        said = TAG.sub(" ", body)
    found = [_refusal(one) for one in (said if isinstance(said, list) else [said])]
    return tuple(refusal for refusal in found if refusal.text)


def is_stumble(body: str) -> bool:
    """Whether a refusal reads like a crash of the server's."""
    return STUMBLE.search(body) is not None


def _refusal(said: Any) -> Refusal:
    if not isinstance(said, dict):
        return Refusal(_words(said))
    low = {name.lower(): value for name, value in said.items()}
    row = low.get("row")
    return Refusal(_words(low.get("message")), row if isinstance(row, int) else None)


def _words(said: Any) -> str:
    return " ".join(said.split())[:LONGEST_TEXT] if isinstance(said, str) else ""
