"""The one door outside: JSON over HTTP, every failure one of three, every call paced, stopped and written down by a
line that the caller hands in. A vendor's gateway derives from `Gateway` and speaks in its own values."""

import random
from collections.abc import Collection
from time import monotonic, sleep
from typing import Any

import msgspec
from requests.auth import HTTPBasicAuth

from apps.gateways import guard
from apps.gateways.answers import Shape, failure
from apps.gateways.exchange import Answer, Exchange, NoAnswer
from apps.gateways.failures import Declined, GatewayError, Unreachable, Unsettled
from apps.gateways.line import FREE_LINE, Call, Line, Outcome

__all__ = ["FREE_LINE", "Call", "Declined", "Gateway", "GatewayError", "Line", "Unreachable", "Unsettled"]

CALL_SECONDS = 30.0
PAUSES = (0.4, 1.2)
OUTCOMES: dict[type[GatewayError] | None, Outcome] = {
    None: "ok",
    Unreachable: "unreachable",
    Unsettled: "unsettled",
    Declined: "declined",
}


class Gateway:
    """Calls to one service with one credential. `base_url` comes from settings; `allow` holds the hosts
    ("host" or "host:port") that may lie inside our own network. Used by one thread at a time."""

    service = "The service"

    def __init__(
        self,
        base_url: str,
        *,
        auth: tuple[str, str] | None = None,
        line: Line = FREE_LINE,
        allow: Collection[str] = (),
        keep_cookies: bool = False,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.line = line
        self._secrets = auth or ()
        self._exchange = Exchange(allow=allow, keep_cookies=keep_cookies)
        if auth:
            user, password = auth
            self._exchange.session.auth = HTTPBasicAuth(user.encode(), password.encode())

    def get(self, path: str, *, expects: Shape = "anything", **params: Any) -> bytes:
        """The body of a read, tried up to three times within 30 seconds while the trouble looks passing. Raises
        Unreachable, which an answer of another JSON shape than `expects` is too, or Declined."""
        self._ask_line()
        until = monotonic() + CALL_SECONDS
        for pause in PAUSES:
            try:
                return self._once("GET", path, until=until, expects=expects, params=params)
            except Unreachable as failed:
                wait = pause * random.uniform(0.5, 1.0)  # noqa: S311 (spreads retries, guards nothing)
                if not failed.again or monotonic() + wait >= until:
                    raise
            sleep(wait)
            self._ask_line()
        return self._once("GET", path, until=until, expects=expects, params=params)

    def post(self, path: str, payload: Any, **params: Any) -> bytes:
        """The body of a write's answer. Raises Unreachable when it can't have happened, Unsettled when it may
        have, Declined when they refused. Never tried twice."""
        return self._write("POST", path, payload, params)

    def put(self, path: str, payload: Any, **params: Any) -> bytes:
        """As `post`."""
        return self._write("PUT", path, payload, params)

    def delete(self, path: str, **params: Any) -> bytes:
        """As `post`, with nothing to send."""
        return self._write("DELETE", path, None, params)

    def close(self) -> None:
        """Lets go of the connection kept for the next call."""
        self._exchange.session.close()

    def _write(self, method: str, path: str, payload: Any, params: dict[str, Any]) -> bytes:
        self._ask_line()
        extra: dict[str, Any] = {"params": params}
        if payload is not None:
            extra |= {"data": msgspec.json.encode(payload), "headers": {"Content-Type": "application/json"}}
        return self._once(method, path, until=monotonic() + CALL_SECONDS, expects="anything", **extra)

    def _ask_line(self) -> None:
        wait = self.line.ask()
        if wait is not None:
            raise Unreachable(self.service, "Calls are held back after failures.", retry_after=wait)

    def _once(self, method: str, path: str, *, until: float, expects: Shape, **request: Any) -> bytes:
        """One exchange, told to the line however it ends."""
        begun = monotonic()
        answer, failed = self._exchanged(method, path, until - begun, expects, _plain(request))
        self.line.tell(
            Call(
                service=self.service,
                key=self.line.key,
                method=method,
                path=path.partition("?")[0],
                status=answer.status if answer else None,
                seconds=monotonic() - begun,
                size=len(answer.body) if answer else 0,
                outcome=OUTCOMES[type(failed) if failed else None],
                reason=failed.reason if failed else "",
            )
        )
        if failed:
            raise failed
        return answer.body if answer else b""

    def _exchanged(
        self, method: str, path: str, seconds: float, expects: Shape, request: dict[str, Any]
    ) -> tuple[Answer | None, GatewayError | None]:
        write = method != "GET"
        try:
            answer = self._exchange.send(method, self.base_url + path, seconds=seconds, **request)
        except guard.Forbidden as refused:
            return None, Declined(self.service, str(refused))
        except NoAnswer as none:
            kind = Unsettled if write and none.sent else Unreachable
            return None, Unsettled(self.service, none.reason) if kind is Unsettled else _later(self.service, none)
        return answer, failure(self.service, answer, write=write, expects=expects, secrets=self._secrets)


def _later(service: str, none: NoAnswer) -> Unreachable:
    return Unreachable(service, none.reason, again=none.again)


def _plain(request: dict[str, Any]) -> dict[str, Any]:
    """Query values as these services read them: true and false in small letters, None left out."""
    params = request.get("params", {})
    words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in params.items()}
    return request | {"params": words}
