"""What a request says of the one who makes it: address, browser, and whether this device is known to an account."""

from dataclasses import dataclass
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core import signing
from django.http import HttpRequest

DEVICE = "device"
DEVICE_SECONDS = 90 * 86_400


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
    marks = [mark, *(one for one in _marks(request) if one != mark)][:8]
    response.set_cookie(
        DEVICE,
        signing.dumps(marks, salt=DEVICE),
        max_age=DEVICE_SECONDS,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def _marks(request: HttpRequest) -> list[str]:
    try:
        return signing.loads(request.COOKIES.get(DEVICE, ""), salt=DEVICE, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        return []


def _address(request: HttpRequest) -> str:
    """The connection's own. A forwarding header counts only behind our proxy: its last entry, which it wrote."""
    found = request.META.get("REMOTE_ADDR", "")
    if settings.REUP_BEHIND_PROXY:
        found = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip() or found
    try:
        return str(ip_address(found))
    except ValueError:
        return ""
