"""The roads out: pacing, breaker and journal, handed to a gateway as one plain object.

Pos(url, key, line=outbound.line(service="Dutchie POS", key=str(location.pk), limit_per_minute=60))
"""

from time import monotonic

from django.db.models.functions import Now

from apps.core.models import Breaker, OutboundCall

from . import breaker, pace

FRESH = 0.05  # seconds for which an answer just written down tells that the road is open
TOO_MANY = 429  # the one status whose wait is about us, not about trouble of theirs


def line(*, service: str, key: str, limit_per_minute: int, paced_as: str = "") -> "Road":
    """The road to `service` for one `key`, which names whose breaker counts (a location's uuid) and is written to the
    journal. `paced_as` names whose limit counts where several roads share one (a login's fingerprint). Neither is ever
    the secret itself. All processes share its pace and its breaker."""
    bucket = pace.a_minute(f"{service}:{paced_as or key}", limit_per_minute)
    return Road(service=service, key=key, buckets=(bucket,))


def stream(*, service: str, key: str, limits: dict[str, int]) -> "Road":
    """A road whose calls several limits count, each by the second: name → calls a minute."""
    buckets = tuple(pace.an_even_stream(f"{service}:{name}", limit) for name, limit in limits.items())
    return Road(service=service, key=key, buckets=buckets)


def stopped(*, service: str, key: str) -> bool:
    """Is the road closed after failures?"""
    return Breaker.objects.filter(service=service, key=key, open_until__gt=Now()).exists()


def in_doubt(*, service: str, key: str) -> bool:
    """Was it closed, and has nothing been answered since? Then the next call is a probe."""
    return Breaker.objects.filter(service=service, key=key, open_until__isnull=False).exists()


class Road:
    """What apps.gateways calls a line: asked before each call, told after it."""

    def __init__(self, *, service: str, key: str, buckets: tuple[pace.Bucket, ...]):
        self.service, self.key, self._buckets = service, key, buckets
        self._open_until = 0.0

    def ask(self) -> float | None:
        """None: go ahead, the pace has been kept. Otherwise the seconds until it is worth asking again: the breaker
        is open, they asked for a rest, or the queue for this key is too long to stand in."""
        held = self._held()
        if held is not None:
            return held
        asked_at = monotonic()
        wait = pace.wait_for(*self._buckets)
        if wait is None and monotonic() - asked_at > FRESH:
            return self._held()  # much may have been told meanwhile
        return wait

    def _held(self) -> float | None:
        return None if monotonic() < self._open_until else breaker.held(service=self.service, key=self.key)

    def tell(self, call) -> None:
        """Writes the call down and lets the breaker see how it went. `call` is a gateways Call."""
        journal = {
            "method": call.method,
            "path": call.path[:240],
            "status": call.status,
            "seconds": call.seconds,
            "size": call.size,
            "outcome": call.outcome,
            "reason": call.reason[:240],
        }
        if call.outcome in breaker.ANSWERS:
            is_open = breaker.answered(service=self.service, key=self.key, **journal)
            self._open_until = monotonic() + FRESH if is_open else 0.0
            return
        self._open_until = 0.0
        OutboundCall.objects.create(service=self.service, key=self.key, **journal)
        if call.status == TOO_MANY:
            breaker.rest(service=self.service, key=self.key, seconds=call.retry_after)
        else:
            breaker.failed(service=self.service, key=self.key, reason=call.reason)
