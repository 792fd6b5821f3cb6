"""The roads out: pacing, breaker and journal, handed to a gateway as one plain object.

Pos(url, key, line=outbound.line(service="Dutchie POS", key=str(location.pk), limit_per_minute=60))
"""

from apps.core.models import OutboundCall

from . import breaker, pace


def line(*, service: str, key: str, limit_per_minute: int) -> "Road":
    """The road to `service` for one `key`, which names whose limit counts (a location's uuid, a fingerprint) and is
    written to the journal: never the secret itself. All processes share its pace and its breaker."""
    return Road(service=service, key=key, limit_per_minute=limit_per_minute)


class Road:
    """What apps.gateways calls a line: asked before each call, told after it."""

    def __init__(self, *, service: str, key: str, limit_per_minute: int):
        self.service, self.key = service, key
        self._limit = limit_per_minute

    def ask(self) -> float | None:
        """None: go ahead, the pace has been kept. Otherwise the seconds until it is worth asking again: the breaker
        is open, or the queue for this key is too long to stand in."""
        held = breaker.held(service=self.service, key=self.key)
        return held if held is not None else pace.wait(name=f"{self.service}:{self.key}", per_minute=self._limit)

    def tell(self, call) -> None:
        """Writes the call down and lets the breaker see how it went. `call` is a gateways Call."""
        OutboundCall.objects.create(
            service=call.service,
            key=call.key,
            method=call.method,
            path=call.path[:240],
            status=call.status,
            seconds=call.seconds,
            size=call.size,
            outcome=call.outcome,
            reason=call.reason[:240],
        )
        breaker.note(service=self.service, key=self.key, answered=call.outcome in breaker.ANSWERS, reason=call.reason)
