"""The three ways a call outside can fail. What to do next is the difference between them."""


class GatewayError(Exception):
    """A call that did not do what was asked. `service` and `reason` are words a person can read; `status` is the
    HTTP status where there was one. Never holds a key, a header or a body."""

    def __init__(self, service: str, reason: str, *, status: int | None = None) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service
        self.reason = reason
        self.status = status


class Unreachable(GatewayError):
    """No answer, or none that can be used; nothing happened there. Try later: after `retry_after` seconds where
    they said so (never more than 15 minutes), by one's own back-off where it is None. `again` marks a trouble that
    may be over in a moment: reads are then tried again inside the call, so who catches this needn't."""

    def __init__(
        self,
        service: str,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        again: bool = False,
    ) -> None:
        super().__init__(service, reason, status=status)
        self.retry_after = retry_after
        self.again = again


class Unsettled(GatewayError):
    """A write whose outcome is unknown: it may have happened. Ask before doing it again."""


class Declined(GatewayError):
    """They understood and said no (key, role, rule), or we refuse to ask. A person must look."""
