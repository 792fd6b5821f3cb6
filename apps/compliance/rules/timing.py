"""When to try again, when to look, when somebody must be told. Seconds; `scale` shrinks them where a test runs fast."""

import random
from datetime import timedelta

from .states import Kind

STEPS = (5, 30, 120, 600, 1800)
LONGEST = 3600
# A late commit behind a gateway's time-out must have happened, or it won't: metrc.md §6.5. Then twice more.
SETTLE = 120
LOOKS = (SETTLE, 300, 1200)
DEADLINES: dict[str, timedelta] = {
    Kind.TRANSFER_VOID: timedelta(hours=4),
    Kind.TRANSFER_ACCEPT: timedelta(hours=24),
    Kind.PACKAGE_ADJUST: timedelta(hours=24),
    Kind.AUDIT_CORRECTION: timedelta(hours=24),
}
ALARMS = (timedelta(minutes=15), timedelta(hours=1))
SOON = timedelta(hours=2)


def backoff(attempts: int, *, retry_after: float | None = None, scale: float = 1.0) -> float:
    """Seconds until the next try: 5 s, 30 s, 2 min, 10 min, 30 min, then 1 h, any moment within each, so that many
    don't come back together. Where they said when, not before that."""
    if retry_after is not None:
        return (max(retry_after, 1.0) + random.uniform(0, 1)) * scale  # noqa: S311  (spreads, guards nothing)
    step = STEPS[attempts - 1] if 0 < attempts <= len(STEPS) else (LONGEST if attempts else STEPS[0])
    return random.uniform(0, step) * scale  # noqa: S311  (full jitter)


def settle_after(looks: int, *, settle: float = SETTLE, scale: float = 1.0) -> float:
    """Seconds until METRC is asked whether it has ours: `looks` is how often it was asked already."""
    return (settle if looks == 0 else LOOKS[min(looks, len(LOOKS) - 1)]) * scale


def alarm_level(*, age: timedelta, left: timedelta | None) -> int:
    """0 calm, 1 after 15 min, 2 after 1 h, 3 within two hours of the deadline, 4 past it."""
    if left is not None and left <= timedelta(0):
        return 4
    if left is not None and left <= SOON:
        return 3
    return sum(age >= alarm for alarm in ALARMS)
