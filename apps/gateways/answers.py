"""What an answer means: a body to read, or which of the three failures, in words a person can read."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import msgspec

from apps.gateways.exchange import Answer
from apps.gateways.failures import Declined, GatewayError, Unreachable, Unsettled

Shape = Literal["list", "object", "data", "anything"]  # data: a list, an object or nothing at all

BRACKETS: dict[str, tuple[tuple[bytes, ...], tuple[bytes, ...]]] = {
    "list": ((b"[",), (b"]",)),
    "object": ((b"{",), (b"}",)),
    "data": ((b"[", b"{"), (b"]", b"}")),
}
SHAPES = {"list": "list", "object": "object", "data": "list or object"}
BOM = b"\xef\xbb\xbf"
LONGEST_WAIT = 15 * 60.0
LONGEST_WORDS = 200
# Worth a second try in a moment; 500 is not, by Dutchie's own advice.
PASSING = frozenset({502, 503, 504})
NOT_NOW = frozenset({408, 425, 429})
# With a web page in it, this is a guard at the edge speaking, not the service about our key.
EDGE = frozenset({401, 403})
SAID = {
    400: "It didn't understand the request.",
    401: "The key was refused.",
    403: "The key lacks the role for this.",
    404: "It doesn't know this address.",
    429: "It asks for fewer calls.",
}


def failure(
    service: str, answer: Answer, *, write: bool, expects: Shape, secrets: Iterable[str] = ()
) -> GatewayError | None:
    """What is wrong with the answer; None when its body can be read. `secrets` never come back in the words."""
    status = answer.status
    if 200 <= status < 300:
        wrong = _misshapen(answer, expects)
        return (Unsettled if write else Unreachable)(service, wrong, status=status) if wrong else None
    if status == 429 or (status in NOT_NOW and not write):
        return Unreachable(service, SAID[429], status=status, retry_after=retry_after(answer.headers))
    if status in EDGE and answer.body.lstrip().startswith(b"<"):
        return Unreachable(service, "A web page came where data was expected.", status=status)
    if 400 <= status < 500 and status not in NOT_NOW:
        return Declined(service, _refusal(answer, secrets), status=status)
    if write:
        return Unsettled(service, f"It answered {status}: what was asked may have happened.", status=status)
    wait = retry_after(answer.headers)
    words = "It sent us to another address." if status < 400 else f"It is in trouble and answered {status}."
    return Unreachable(service, words, status=status, retry_after=wait, again=status in PASSING and wait is None)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait as the Retry-After header says, in either of its forms; None where it is absent or unreadable.
    A date counts from the server's own clock where that is told, so a skewed clock does no harm."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_WAIT)
    until = _moment(said)
    if until is None:
        return None
    since = _moment(headers.get("Date", "")) or datetime.now(UTC)
    return min(max(0.0, (until - since).total_seconds()), LONGEST_WAIT)


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _misshapen(answer: Answer, expects: Shape) -> str:
    """An edge's page, an empty body or half an answer is no answer, whatever its status says; "" for a whole one."""
    if expects == "anything":
        return ""
    text = answer.body.removeprefix(BOM).strip()
    begin, end = BRACKETS[expects]
    if expects == "data" and not text:
        return ""
    if text.startswith(b"<"):
        return "A web page came where data was expected."
    if not text.startswith(begin):
        return f"The answer isn't a JSON {SHAPES[expects]}."
    if not text.endswith(end):
        return "The answer stops in the middle."
    return ""


def _refusal(answer: Answer, secrets: Iterable[str]) -> str:
    """Our words for the status, then theirs where they sent some."""
    ours = SAID.get(answer.status, f"It declined with {answer.status}.")
    theirs = _message(answer.body)
    for secret in filter(None, secrets):
        theirs = theirs.replace(secret, "…")
    return f"{ours} It said: {theirs[:LONGEST_WORDS]}" if theirs else ours


def _message(body: bytes) -> str:
    """The vendor's own message out of the usual forms: {message}, {Message}, {title}, a text, a list of those."""
    try:
        said: Any = msgspec.json.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    said = "; ".join(filter(None, map(_words, said))) if isinstance(said, list) else _words(said)
    return " ".join(said.split())


def _words(said: Any) -> str:
    if isinstance(said, dict):
        said = next((said[name] for name in ("message", "Message", "detail", "title") if said.get(name)), "")
    return said if isinstance(said, str) else ""
