"""A strict reading of EIP-4361: the whole text, by its grammar, or nothing.

The message is made and kept by the server and compared byte by byte; this reading stands behind that as a second check,
so it takes no shortcut a forger could use: no other line ends, no other order, nothing after the end. Authority and URI
are those of RFC 3986, moments those of RFC 3339, the address carries its EIP-55 checksum.
"""

import ipaddress
import re
from datetime import datetime

from .message import INVITES, Message, checksummed

LARGEST = 4096  # bytes; ours have about 400
LARGEST_CHAIN_ID = 2**63 - 1


class Malformed(ValueError):
    """The text is no EIP-4361 message. Says which part isn't."""


PCHAR = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
NAME = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})"
MOMENT = r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)"

AUTHORITY = re.compile(rf"(?:(?:{NAME}|:)*@)?(?:\[(?P<v6>[0-9A-Fa-f:.]+)\]|{NAME}+)(?::\d{{0,5}})?", re.ASCII)
URI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+\-.]*:"
    rf"(?://(?P<authority>[^/?#]*)(?:/{PCHAR}*)*|/(?:{PCHAR}+(?:/{PCHAR}*)*)?|{PCHAR}+(?:/{PCHAR}*)*|)"
    rf"(?:\?(?:{PCHAR}|[/?])*)?(?:\#(?:{PCHAR}|[/?])*)?",
    re.ASCII,
)
WHOLE = re.compile(
    rf"(?:(?P<scheme>[A-Za-z][A-Za-z0-9+\-.]*)://)?(?P<domain>[^\s/?#]+){INVITES}\n"
    r"(?P<address>0x[0-9a-fA-F]{40})\n"
    r"\n"
    r"(?:(?P<statement>[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;= ]+)\n)?"
    r"\n"
    r"URI: (?P<uri>[^\s]+)\n"
    r"Version: 1\n"
    r"Chain ID: (?P<chain_id>[0-9]{1,19})\n"
    r"Nonce: (?P<nonce>[A-Za-z0-9]{8,})\n"
    rf"Issued At: (?P<issued_at>{MOMENT})"
    rf"(?:\nExpiration Time: (?P<expiration_time>{MOMENT}))?"
    rf"(?:\nNot Before: (?P<not_before>{MOMENT}))?"
    rf"(?:\nRequest ID: (?P<request_id>{PCHAR}*))?"
    r"(?:\nResources:(?P<resources>(?:\n- [^\s]+)*))?",
    re.ASCII,
)


def read(text: str) -> Message:
    """The message's fields. Raises Malformed."""
    if len(text) > LARGEST or not text.isascii():
        raise Malformed("The message is too long, or holds letters the standard doesn't allow.")
    found = WHOLE.fullmatch(text)
    if found is None:
        raise Malformed("The message is not laid out as EIP-4361 asks.")
    fields = found.groupdict()
    _check_places(fields)
    _check_moments(fields)
    if fields["address"] != checksummed(fields["address"]):
        raise Malformed("The address's letters don't carry its checksum.")
    return Message(**fields | {"chain_id": _chain(fields["chain_id"]), "resources": _resources(fields["resources"])})


def moment(text: str) -> datetime:
    """RFC 3339 text as an aware moment. Raises Malformed for a day or hour that doesn't exist."""
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise Malformed(f"{text} is no moment.") from None


def _check_places(fields: dict) -> None:
    if not is_authority(fields["domain"]):
        raise Malformed("The domain is no authority as RFC 3986 has it.")
    if not is_uri(fields["uri"]):
        raise Malformed("The URI is none as RFC 3986 has it.")
    if not all(is_uri(resource) for resource in _resources(fields["resources"]) or ()):
        raise Malformed("A resource is no URI as RFC 3986 has it.")


def _check_moments(fields: dict) -> None:
    for name in ("issued_at", "expiration_time", "not_before"):
        if fields[name] is not None:
            moment(fields[name])


def is_authority(text: str) -> bool:
    found = AUTHORITY.fullmatch(text)
    return bool(found) and (found["v6"] is None or _is_ipv6(found["v6"]))


def is_uri(text: str) -> bool:
    found = URI.fullmatch(text)
    return bool(found) and (not found["authority"] or is_authority(found["authority"]))


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return True


def _chain(text: str) -> int:
    number = int(text)
    if not 0 < number <= LARGEST_CHAIN_ID:
        raise Malformed("The chain's number is out of range.")
    return number


def _resources(text: str | None) -> tuple[str, ...] | None:
    return None if text is None else tuple(text.split("\n- ")[1:])
