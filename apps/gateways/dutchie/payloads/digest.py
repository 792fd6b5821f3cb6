"""Did a row change? Sixteen bytes to compare of its looks, which are quickly taken; of what it means twenty-four.

Both tell words from amounts: what moves from day to day is amounts, and where the words look as they did they needn't
be read.
"""

from hashlib import blake2b, sha256
from typing import Any

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import astuple

# Raise it to have every row read and written once more, when what is kept of a row changes its meaning.
VERSION = b"3:"
LOOKS, WORDS, DIGEST = 16, 16, 24  # bytes: of a fingerprint; of a digest's part of the words; of all of it

NO_AMOUNTS = slice(0, 0)
_encode = msgspec.msgpack.Encoder().encode


def fingerprint(raw: bytes | Raw) -> bytes:
    """SHA-256 over a row's bytes as they came (a processor has instructions for it, so that it is the quickest), after
    the version. Alike means the same; a row that looks different may mean the same."""
    return VERSION + sha256(raw).digest()[: LOOKS - len(VERSION)]


def digest_of(row: Struct, amounts: slice = NO_AMOUNTS) -> bytes:
    """blake2b over the fields in order, `modified_at` (by convention the last) left out. Numbers have four decimals
    in every row, so 1.0 and 1.00 are the same text here. The first sixteen bytes are of the words, which are all fields
    outside of `amounts`, the other eight of these."""
    values = astuple(row)
    words = _encode(values[: amounts.start] + values[amounts.stop : -1])
    return blake2b(VERSION + words, digest_size=WORDS).digest() + digest_of_amounts(values[amounts])


def digest_of_amounts(values: tuple[Any, ...]) -> bytes:
    """The digest's other part."""
    return blake2b(VERSION + _encode(values), digest_size=DIGEST - WORDS).digest()
