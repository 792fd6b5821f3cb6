"""Did a row change? Sixteen bytes to compare of its looks, which are quickly taken; of what it means twenty-four."""

from hashlib import blake2b

import msgspec
from msgspec import Raw, Struct
from msgspec.structs import astuple

# Raise it to have every row read and written once more, when what is kept of a row changes its meaning.
VERSION = b"2:"
LOOKS, WORDS, DIGEST = 16, 16, 24  # bytes: of a fingerprint; of a digest's part of the words; of all of it

NO_AMOUNTS = slice(0, 0)
_encode = msgspec.msgpack.Encoder().encode


def fingerprint(raw: bytes | Raw) -> bytes:
    """blake2b over a row's bytes as they came. Alike means the same; a row that looks different may mean the same."""
    return blake2b(raw, digest_size=LOOKS, person=VERSION).digest()


def digest_of(row: Struct, amounts: slice = NO_AMOUNTS) -> bytes:
    """blake2b over the fields in order, `modified_at` (by convention the last) left out. Numbers have four decimals
    in every row, so 1.0 and 1.00 are the same text here. The first sixteen bytes are of the words, which are all fields
    outside of `amounts`; the other eight change with any field."""
    values = astuple(row)
    digest = blake2b(VERSION + _encode(values[: amounts.start] + values[amounts.stop : -1]), digest_size=WORDS)
    words = digest.digest()
    digest.update(_encode(values[amounts]))
    return words + digest.digest()[: DIGEST - WORDS]
