"""What a request says of the one who makes it: address, browser, and whether this device is known to an account, or
trusted by it."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

DEVICE = "device"
DEVICE_SECONDS = 90 * 86_400
TRUSTED = "trusted"
TRUSTED_SECONDS = 30 * 86_400
MOST = 8  # accounts that one browser is known to


@dataclass(frozen=True)
class RequestFacts:
    """`address` is "" where the connection has none (a Unix socket); `known` are the accounts' marks of this device."""

    address: str = ""
    agent: str = ""
    known: frozenset[str] = frozenset()

    @property
    def network(self) -> str:
        """The address's /24, or /48: what one person can have many addresses of."""
        if not self.address:
            return "nowhere"
        address = ip_address(self.address)
        return str(ip_network(f"{address}/{24 if address.version == 4 else 48}", strict=False))


def facts_of(request: HttpRequest) -> RequestFacts:
    return RequestFacts(
        address=_address(request),
        agent=request.headers.get("User-Agent", "")[:200],
        known=frozenset(_marks(request)),
    )


def remember(request: HttpRequest, response, mark: str) -> None:
    """This device has signed in to the account: guesses of strangers don't lock it out."""
    marks = [mark, *(one for one in _marks(request) if one != mark)]
    _put(response, DEVICE, marks, DEVICE_SECONDS)


def trusted_secrets(request: HttpRequest) -> list[str]:
    """What this browser holds instead of a second factor; which accounts take it, `actions.devices` knows."""
    return _read(request, TRUSTED, TRUSTED_SECONDS)


def hold(request: HttpRequest, response, secret: str) -> None:
    _put(response, TRUSTED, [secret, *trusted_secrets(request)], TRUSTED_SECONDS)


def _marks(request: HttpRequest) -> list[str]:
    return _read(request, DEVICE, DEVICE_SECONDS)


def _read(request: HttpRequest, name: str, seconds: int) -> list[str]:
    try:
        return signing.loads(request.COOKIES.get(name, ""), salt=name, max_age=seconds)
    except signing.BadSignature:
        return []


def _put(response, name: str, words: list[str], seconds: int) -> None:
    response.set_cookie(
        name,
        signing.dumps(words[:MOST], salt=name),
        max_age=seconds,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _address(request: HttpRequest) -> str:
    """The connection's own. A forwarding header counts only behind our proxy: its last entry, which it wrote."""
    found = request.META.get("REMOTE_ADDR", "")
    if settings.REUP_BEHIND_PROXY:
        found = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or found
    try:
        return str(ip_address(found))
    except ValueError:
        return ""
