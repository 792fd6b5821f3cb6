"""How long one facility keeps a worker while others wait: so many calls, or as many as go in a moment."""

import time
from dataclasses import dataclass, replace
from typing import Self

CALLS, MOMENT, SECONDS = 6, 0.12, 2.0
MANY = 10**9


@dataclass(frozen=True)
class Limits:
    """Of one turn. By this process's clock: after `until` no further call begins; until `moment` is over there may be
    more than `calls`."""

    calls: int
    until: float
    moment: float

    @classmethod
    def of(cls, *, seconds: float, calls: int = MANY, moment: float = 0) -> Self:
        now = time.monotonic()
        return cls(calls, now + seconds, now + moment)

    @classmethod
    def of_a_turn(cls) -> Self:
        return cls.of(seconds=SECONDS, calls=CALLS, moment=MOMENT)

    def doubled(self) -> Self:
        """For who missed a turn."""
        return replace(self, calls=2 * self.calls)

    def left(self, calls: int) -> int:
        """How many more may follow so many: at first those that everybody has, whatever the clock says."""
        now = time.monotonic()
        if not calls:
            return self.calls
        if now > self.until:
            return 0
        return max(0, self.calls - calls) if now > self.moment else MANY
