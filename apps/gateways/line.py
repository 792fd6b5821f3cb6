"""What stands between a gateway and the wire: something that paces calls, stops them while a service is down, and
writes them down. Gateways are handed one and know nothing of how it remembers."""

from dataclasses import dataclass
from typing import Final, Literal, Protocol

Outcome = Literal["ok", "unreachable", "unsettled", "declined"]


@dataclass(frozen=True, slots=True)
class Call:
    """One call as the journal keeps it: the path without its query, seconds on the wall clock with all tries
    inside the call, decoded bytes of the answer, why it failed ("" when it didn't), and how many seconds they asked
    us to wait (None where they did not)."""

    service: str
    key: str
    method: str
    path: str
    status: int | None
    seconds: float
    size: int
    outcome: Outcome
    reason: str
    retry_after: float | None = None


class Line(Protocol):
    """Asked before each call, told after it. `key` names whose limit counts: never the secret itself."""

    @property
    def key(self) -> str:
        """Whose calls these are, as the journal names them."""

    def ask(self) -> float | None:
        """None: go ahead, pacing has been waited for. Otherwise the seconds until the next try is let through."""

    def tell(self, call: Call) -> None:
        """How it went."""


class FreeLine:
    """Never waits, never stops, remembers nothing: for tests and tools."""

    key = ""

    def ask(self) -> float | None:
        return None

    def tell(self, call: Call) -> None:
        return None


FREE_LINE: Final[Line] = FreeLine()
