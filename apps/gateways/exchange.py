"""One request and its whole answer over HTTP, with every bound kept: time, size, address, no redirect, no proxy."""

import socket
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from http.client import HTTPException
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError

from apps.gateways import guard
from apps.gateways.watch import Watch

CONNECT_SECONDS = 3.0
READ_SECONDS = 10.0
LARGEST_ANSWER = 50 * 1024 * 1024
PIECE = 64 * 1024
NO_COOKIES = DefaultCookiePolicy(allowed_domains=[])
AGENT = "ReUp/0.1 (wholesale portal; inventory sync)"
TROUBLE = (requests.RequestException, HTTPError, HTTPException, OSError)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body decoded, within the size cap."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NoAnswer(Exception):
    """No whole answer. `sent` tells whether the request may have left; `again` whether a new try could help."""

    def __init__(self, reason: str, *, sent: bool, again: bool = True) -> None:
        super().__init__(reason)
        self.reason = reason
        self.sent = sent
        self.again = again


class Exchange:
    """Sends requests, one at a time, keeping the connection for the next. Not for sharing between threads."""

    def __init__(
        self, *, allow: Collection[str] = (), keep_cookies: bool = False, read_seconds: float | None = None
    ) -> None:
        self.allow = frozenset(allow)
        self.read_seconds = read_seconds
        self.watch = Watch(0)
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"User-Agent": AGENT, "Accept-Encoding": "gzip"})
        if not keep_cookies:
            self.session.cookies.set_policy(NO_COOKIES)
        for scheme in ("http://", "https://"):
            self.session.mount(scheme, Adapter(self))

    def send(self, method: str, url: str, *, seconds: float, **request: Any) -> Answer:
        """The whole answer within `seconds`. Raises NoAnswer, or guard.Forbidden for an address not to be called."""
        guard.host_and_port(url)
        with Watch(seconds) as self.watch:
            try:
                return self._ask(method, url, request)
            except TROUBLE as trouble:
                again = not isinstance(trouble, requests.exceptions.SSLError)
                raise NoAnswer(self._words(trouble), sent=self.watch.sent, again=again) from trouble

    def connect(self, host: str, port: int) -> socket.socket:
        """A checked connection, in the time that is left."""
        return guard.connect(host, port, allow=self.allow, seconds=self.watch.left(CONNECT_SECONDS))

    def _ask(self, method: str, url: str, request: dict[str, Any]) -> Answer:
        timeout = (self.watch.left(CONNECT_SECONDS), self.watch.left(self.read_seconds or READ_SECONDS))
        with self.session.request(
            method, url, timeout=timeout, stream=True, allow_redirects=False, **request
        ) as response:
            body = self._body(response)
            if self.watch.over:  # a body without a length ends like a whole one when the connection is cut
                raise TimeoutError
            return Answer(response.status_code, response.headers, body)

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        for piece in response.raw.stream(PIECE, decode_content=True):
            body += piece
            if len(body) > LARGEST_ANSWER:
                raise NoAnswer("The answer is larger than 50 MB.", sent=True, again=False)
        return bytes(body)

    def _words(self, trouble: BaseException) -> str:
        if self.watch.over:
            return "No whole answer came within the time for one call."
        if isinstance(trouble, requests.exceptions.SSLError):
            return "The secure connection failed: its certificate could not be verified."
        if isinstance(trouble, requests.Timeout | TimeoutError):
            return "No answer came in time."
        return (
            "The connection broke before the answer was whole." if self.watch.sent else "No connection could be made."
        )


class Adapter(HTTPAdapter):
    """requests' own adapter over connections that are checked, pinned and watched."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        super().__init__(pool_connections=1, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _pool(HTTPConnectionPool, HTTPConnection, self._exchange),
            "https": _pool(HTTPSConnectionPool, HTTPSConnection, self._exchange),
        }


def _pool(pool: type[HTTPConnectionPool], connection: type[HTTPConnection], exchange: Exchange) -> type[Any]:
    """The pool class, handing out connections of this exchange. The name stays for SNI, Host and the certificate;
    only where the socket leads is decided here."""

    class Pinned(connection):  # type: ignore[valid-type,misc]
        def _new_conn(self) -> socket.socket:
            sock = _opened(self, exchange)
            exchange.watch.follow(sock)
            return sock

        def send(self, data: Any) -> None:
            if self.sock is None:
                self.connect()
            exchange.watch.follow(self.sock)
            exchange.watch.sent = True
            super().send(data)

    return type("Pool", (pool,), {"ConnectionCls": Pinned})


def _opened(connection: HTTPConnection, exchange: Exchange) -> socket.socket:
    try:
        return exchange.connect(connection.host, connection.port)
    except TimeoutError as trouble:
        raise ConnectTimeoutError(connection, "No connection in time.") from trouble
