"""Secrets at rest: AES-256-GCM, bound to table, row and organization, so that a sealed value opens nowhere else.

A sealed value is one version byte, one key id byte, twelve bytes of nonce, then the content and its tag.
"""

import hashlib
import os
from functools import cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1


class Unsealable(Exception):
    """The value was moved, cut, or sealed with a key that is not here."""


def seal(text: str, **row) -> bytes:
    return seal_bytes(text.encode(), **row)


def unseal(sealed: bytes, **row) -> str:
    return unseal_bytes(sealed, **row).decode()


def seal_bytes(content: bytes, *, table: str, pk, organization) -> bytes:
    number, key = next(iter(keys(settings.REUP_KEYS).items()))
    nonce = os.urandom(12)
    return bytes([VERSION, number]) + nonce + AESGCM(key).encrypt(nonce, content, _bound(table, pk, organization))


def unseal_bytes(sealed: bytes, *, table: str, pk, organization) -> bytes:
    sealed, held = bytes(sealed), keys(settings.REUP_KEYS)
    if len(sealed) < 30 or sealed[0] != VERSION or sealed[1] not in held:
        raise Unsealable("This value was not sealed with a key we hold.")
    try:
        return AESGCM(held[sealed[1]]).decrypt(sealed[2:14], sealed[14:], _bound(table, pk, organization))
    except InvalidTag:
        raise Unsealable("This value was sealed for another row, or changed.") from None


def _bound(table: str, pk, organization) -> bytes:
    return f"{table}:{pk}:{organization}".encode()


@cache
def keys(text: str) -> dict[int, bytes]:
    """`"2:…,1:…"`, newest first, or one key alone as number 1. A key is 32 characters or more of randomness."""
    pairs = [part.strip().rpartition(":") for part in text.split(",")]
    if any(len(key) < 32 for _, _, key in pairs):
        raise ImproperlyConfigured("REUP_KEYS holds a key of fewer than 32 characters.")
    numbers = [int(number or 1) if number.isdecimal() or not number else 0 for number, _, _ in pairs]
    if not all(0 < number < 256 for number in numbers) or len(set(numbers)) < len(numbers):
        raise ImproperlyConfigured("REUP_KEYS needs a number of its own for each key, from 1 to 255.")
    return {number: hashlib.sha256(key.encode()).digest() for number, (_, _, key) in zip(numbers, pairs, strict=True)}
