"""The one door outside: JSON over HTTP, every failure one of three, every call paced, stopped and written down by a
line that the caller hands in. A vendor's gateway derives from `Gateway` and speaks in its own values."""

import random
from collections.abc import Collection, Mapping
from time import monotonic, sleep
from types import MappingProxyType
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
NO_HEADERS: Mapping[str, str] = MappingProxyType({})
OUTCOMES: dict[type[GatewayError] | None, Outcome] = {
    None: "ok",
    Unreachable: "unreachable",
    Unsettled: "unsettled",
    Declined: "declined",
}


class Gateway:
    """Calls to one service with one credential. `base_url` comes from settings; `allow` holds the hosts
    ("host" or "host:port") that may lie inside our own network. `seconds` is the time for one call, and for one wait
    inside it, where the usual 30 and 10 don't fit. Used by one thread at a time."""

    service = "The service"

    def __init__(
        self,
        base_url: str,
        *,
        auth: tuple[str, str] | None = None,
        line: Line = FREE_LINE,
        allow: Collection[str] = (),
        keep_cookies: bool = False,
        seconds: float | None = None,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.line = line
        self._seconds = seconds
        self._secrets: tuple[str, ...] = auth or ()
        self._exchange = Exchange(allow=allow, keep_cookies=keep_cookies, read_seconds=seconds)
        if auth:
            user, password = auth
            self._exchange.session.auth = HTTPBasicAuth(user.encode(), password.encode())

    def get(self, path: str, *, expects: Shape = "anything", **params: Any) -> bytes:
        """The body of a read, tried up to three times within 30 seconds while the trouble looks passing. Raises
        Unreachable, which an answer of another JSON shape than `expects` is too, or Declined."""
        return self._read("GET", path, expects, PAUSES, params=params)

    def ask(
        self,
        path: str,
        question: Any,
        headers: Mapping[str, str] = NO_HEADERS,
        *,
        expects: Shape = "anything",
        once: bool = False,
    ) -> bytes:
        """As `get`, where a service is asked by POST: the question changes nothing there. `once` tries no second
        time."""
        return self._read("POST", path, expects, () if once else PAUSES, **_json(question, headers))

    def post(self, path: str, payload: Any, *, expects: Shape = "anything", **params: Any) -> bytes:
        """The body of a write's answer. Raises Unreachable when it can't have happened, Unsettled when it may
        have (an answer of another JSON shape than `expects` too), Declined when they refused. Never tried twice."""
        return self._write("POST", path, payload, params, expects)

    def put(self, path: str, payload: Any, *, expects: Shape = "anything", **params: Any) -> bytes:
        """As `post`."""
        return self._write("PUT", path, payload, params, expects)

    def delete(self, path: str, **params: Any) -> bytes:
        """As `post`, with nothing to send."""
        return self._write("DELETE", path, None, params, "anything")

    def close(self) -> None:
        """Lets go of the connection kept for the next call."""
        self._exchange.session.close()

    def judged(self, path: str, answer: Answer, failed: GatewayError | None) -> GatewayError | None:
        """What the answer means, once HTTP has been read: `failed`, or None for a yes. A vendor that says no in its own
        words, under a status that says yes, overrides this."""
        return failed

    def _read(self, method: str, path: str, expects: Shape, pauses: Collection[float], **request: Any) -> bytes:
        self._ask_line()
        until = self._until()
        for pause in (*pauses, None):
            try:
                return self._once(method, path, until=until, expects=expects, write=False, **request)
            except Unreachable as failed:
                wait = (pause or 0) * random.uniform(0.5, 1.0)  # noqa: S311 (spreads retries, guards nothing)
                if pause is None or not failed.again or monotonic() + wait >= until:
                    raise
                sleep(wait)
                if self.line.ask() is not None:  # this failure stopped the line: it says more than "held back"
                    raise
        raise AssertionError("The last try returns or raises.")

    def _write(self, method: str, path: str, payload: Any, params: dict[str, Any], expects: Shape) -> bytes:
        self._ask_line()
        extra = _json(payload) if payload is not None else {}
        return self._once(method, path, until=self._until(), expects=expects, write=True, params=params, **extra)

    def _until(self) -> float:
        return monotonic() + (self._seconds or CALL_SECONDS)

    def _ask_line(self) -> None:
        wait = self.line.ask()
        if wait is not None:
            raise Unreachable(self.service, "Calls are held back after failures.", retry_after=wait)

    def _once(self, method: str, path: str, *, until: float, expects: Shape, write: bool, **request: Any) -> bytes:
        """One exchange, told to the line however it ends."""
        begun = monotonic()
        answer, failed = self._exchanged(method, path, until - begun, expects, write, _plain(request))
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
                retry_after=failed.retry_after if isinstance(failed, Unreachable) else None,
            )
        )
        if failed:
            raise failed
        return answer.body if answer else b""

    def _exchanged(
        self, method: str, path: str, seconds: float, expects: Shape, write: bool, request: dict[str, Any]
    ) -> tuple[Answer | None, GatewayError | None]:
        try:
            answer = self._exchange.send(method, self.base_url + path, seconds=seconds, **request)
        except guard.Forbidden as refused:
            return None, Declined(self.service, str(refused))
        except NoAnswer as none:
            kind = Unsettled if write and none.sent else Unreachable
            return None, Unsettled(self.service, none.reason) if kind is Unsettled else _later(self.service, none)
        failed = failure(self.service, answer, write=write, expects=expects, secrets=self._secrets)
        return answer, self.judged(path, answer, failed)


def _later(service: str, none: NoAnswer) -> Unreachable:
    return Unreachable(service, none.reason, again=none.again)


def _json(payload: Any, headers: Mapping[str, str] = NO_HEADERS) -> dict[str, Any]:
    return {"data": msgspec.json.encode(payload), "headers": {"Content-Type": "application/json", **headers}}


def _plain(request: dict[str, Any]) -> dict[str, Any]:
    """Query values as these services read them: true and false in small letters, None left out."""
    params = request.get("params", {})
    words = {name: str(value).lower() if isinstance(value, bool) else value for name, value in params.items()}
    return request | {"params": words}
