"""A page cut into the bytes of its rows, even where a row inside is no JSON at all (NaN, a lone surrogate, cut off)."""

import re
from collections.abc import Iterator

import msgspec
from msgspec import Raw

from apps.gateways.dutchie import SERVICE
from apps.gateways.failures import Unreachable

BOM = b"\xef\xbb\xbf"
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
# A whole string, or a lone mark; a quote that never closes is passed over, so that the rows after it are still seen.
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
FIRST_FIELD = re.compile(rb'\{\s*"([^"\\]+)"\s*:')
DEPTH = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def split(body: bytes) -> list[bytes]:
    """The rows of a JSON list, each as it came; errors as of `views`."""
    return list(map(bytes, views(body)))


def views(body: bytes) -> list[Raw] | list[bytes]:
    """The same without copying them out of the body. Raises Unreachable when it is no list or stops in the middle: half
    a list must never be taken for a whole one."""
    text = body.removeprefix(BOM).strip()
    if not text.startswith(b"["):
        raise Unreachable(SERVICE, "The answer isn't a list.")
    if not text.endswith(b"]") or len(text) < 2:
        raise Unreachable(SERVICE, "The answer stops in the middle.")
    try:
        return msgspec.json.decode(text, type=list[Raw])
    except BROKEN:
        return split_broken(text[1:-1])


def split_broken(text: bytes) -> list[bytes]:
    """The same for what stands between the brackets of a list that is broken somewhere inside."""
    chunks = list(_chunks(text))
    firsts = sorted({re.escape(found[1]) for found in map(FIRST_FIELD.match, chunks) if found})
    start = re.compile(rb',\s*(?=\{\s*"(?:' + b"|".join(firsts) + rb')"\s*:)')
    return [row for chunk in chunks for row in ([chunk] if _sound(chunk) else _rescued(chunk, start))]


def _rescued(chunk: bytes, start: re.Pattern[bytes]) -> Iterator[bytes]:
    """A broken row may have swallowed the ones behind it; those begin as one of the page's rows does."""
    for piece in start.split(chunk):
        yield from _chunks(piece)


def _chunks(text: bytes) -> Iterator[bytes]:
    """Cut at every comma that stands outside of strings and brackets; nothing at all is no row."""
    depth = begin = 0
    for token in TOKEN.finditer(text):
        mark = token[0]
        if mark == b"," and depth == 0:
            yield text[begin : token.start()].strip()
            begin = token.end()
        depth = max(0, depth + DEPTH.get(mark, 0))
    if last := text[begin:].strip():
        yield last


def _sound(chunk: bytes) -> bool:
    try:
        msgspec.json.decode(chunk)
    except BROKEN:
        return False
    return True
