"""How the back office says no: {Result, Data, Message} under HTTP 200, or GraphQL's errors."""

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct

from apps.gateways.answers import SAID
from apps.gateways.dutchie import BACKOFFICE
from apps.gateways.failures import Declined, GatewayError, Unreachable

LONGEST_WORDS = 200
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Envelope(Struct):
    """What may be found around an answer, by the wire's names."""

    Result: Any = None
    Message: Any = None
    errors: Any = None

    @property
    def refuses(self) -> bool:
        return self.Result is False or bool(self.errors)

    @property
    def words(self) -> str:
        said = self.Message or (self.errors[0].get("message") if _objects(self.errors) else "")
        return " ".join(said.split()) if isinstance(said, str) else ""


def refusal_in(body: bytes, *, secrets: Iterable[str]) -> GatewayError | None:
    """The refusal inside a whole answer; None for a yes, or for what isn't readable as an envelope. A session that has
    ended is Declined with status 401, as where HTTP says it; a throttle is Unreachable with 429."""
    try:
        envelope = msgspec.json.decode(body, type=Envelope)
    except UNREADABLE:
        return None
    if not envelope.refuses:
        return None
    low = envelope.words.lower()
    if "too many requests" in low:
        return Unreachable(BACKOFFICE, SAID[429], status=429)
    if "session" in low:
        return Declined(BACKOFFICE, "The session has ended.", status=401)
    return Declined(BACKOFFICE, _told(envelope.words, secrets), status=200)


def _told(words: str, secrets: Iterable[str]) -> str:
    for secret in filter(None, secrets):
        words = words.replace(secret, "…")
    return f"It declined and said: {words[:LONGEST_WORDS]}" if words else "It declined without a word."


def _objects(errors: Any) -> bool:
    return isinstance(errors, list) and all(isinstance(error, dict) for error in errors)
