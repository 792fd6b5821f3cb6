"""A session of the back office, and who keeps it between calls and processes."""

import re
from typing import Any, Protocol

import msgspec
from msgspec import Struct

from apps.gateways.dutchie import BACKOFFICE
from apps.gateways.failures import Unreachable

# It goes into a cookie: nothing that could end one.
COOKIE_SAFE = re.compile(r"[\x21-\x2b\x2d-\x3a\x3c-\x7e]{1,500}")
UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)


class Sessions(Protocol):
    """Kept for one sign-in, for all processes. What is put is a secret: sealed at rest, never logged."""

    def get(self) -> str:
        """What was put last; "" when nothing is open."""

    def put(self, text: str) -> None:
        """A session has been opened."""

    def drop(self) -> None:
        """The session has ended."""

    def knock(self) -> None:
        """A sign-in is about to be tried."""

    def refuse(self, reason: str) -> None:
        """The sign-in was refused just now."""

    def refused(self) -> str:
        """Why it mustn't be tried now; "" when it may."""


class Session(Struct, frozen=True):
    """Who is signed in: the id, and the numbers that go beside it in every call."""

    id: str
    user: Any = None
    org: Any = 0

    @classmethod
    def of_login(cls, body: bytes) -> "Session":
        """Out of either login's answer. Raises Unreachable for one without a session."""
        try:
            data = msgspec.json.decode(body, type=Login).Data
        except UNREADABLE:
            data = {}
        found = data.get("SessionId") or data.get("SessionGId")
        if not (isinstance(found, str) and COOKIE_SAFE.fullmatch(found)):
            raise Unreachable(BACKOFFICE, "The sign-in was answered without a session.")
        return cls(found, data.get("UserId") or data.get("Id"), data.get("OrgId") or 0)

    def block(self, *, lsp: int, loc: int) -> dict[str, Any]:
        """What every call carries."""
        return {"SessionId": self.id, "LspId": lsp, "LocId": loc, "OrgId": self.org, "UserId": self.user}

    def text(self) -> str:
        return msgspec.json.encode(self).decode()


class Login(Struct):
    Data: dict[str, Any]


def read_session(text: str) -> Session | None:
    """What `Session.text` wrote; None for nothing, or for what an older version wrote."""
    try:
        return msgspec.json.decode(text, type=Session) if text else None
    except UNREADABLE:
        return None
