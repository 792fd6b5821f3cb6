"""Which addresses a gateway may connect to: public ones, and those that settings allow by name and port.

The address that was checked is the one connected to, so a name that changes its mind in between gains nothing.
"""

import ipaddress
import socket
from collections.abc import Collection
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}
# An IPv6 address may carry an IPv4 one inside (NAT64); the rest of these Python unwraps by name.
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Forbidden(ValueError):
    """An address we don't connect to, in words a person can read."""


class Unresolved(OSError):
    """A name that leads to no address."""


def check_url(url: str, allow: Collection[str] = ()) -> str:
    """`url` itself when a gateway may call it, by its looks and by where its name leads now. Raises Forbidden, or
    Unresolved for an unknown name. `allow` holds "host" or "host:port". For forms, on save: connecting checks again."""
    host, port = host_and_port(url)
    addresses_of(host, port, allow)
    return url


def host_and_port(url: str) -> tuple[str, int]:
    """Where an http or https URL leads. Raises Forbidden for anything else, and for a name or password inside."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise Forbidden("Only http and https addresses are called.") from None
    if not parts.hostname or "@" in parts.netloc:
        raise Forbidden("The address has to name a host, and nothing before it.")
    return parts.hostname, port


def addresses_of(host: str, port: int, allow: Collection[str] = ()) -> list[tuple[int, Any]]:
    """The (family, socket address) pairs of a name. One that leads inside is refused as a whole."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as trouble:
        raise Unresolved(f"{host} is not a known name.") from trouble
    pairs: list[tuple[int, Any]] = [(family, address) for family, _, _, _, address in found]
    allowed = host in allow or f"{host}:{port}" in allow
    if not allowed and not all(is_public(str(address[0])) for _, address in pairs):
        raise Forbidden(f"{host} leads to an address inside a private network.")
    return pairs


def is_public(address: str) -> bool:
    """Is this a numeric address out on the internet?"""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inside = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if inside or ip in NAT64:
            return is_public(str(inside or ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
    return ip.is_global and not ip.is_multicast


def connect(host: str, port: int, *, allow: Collection[str], seconds: float) -> socket.socket:
    """A connection to the first address of the name that answers, all of them together within `seconds`."""
    until = monotonic() + seconds
    trouble: OSError = Unresolved(f"{host} is not a known name.")
    for family, address in addresses_of(host, port, allow):
        sock = socket.socket(family, socket.SOCK_STREAM)
        try:
            sock.settimeout(max(0.001, until - monotonic()))
            sock.connect(address)
        except OSError as failed:
            sock.close()
            trouble = failed
        else:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return sock
    raise trouble
