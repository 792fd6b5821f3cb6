"""A page cut into the bytes of its rows, even where a row inside is no JSON at all (NaN, a lone surrogate, cut off)."""

import re
from collections.abc import Iterator

import msgspec

from apps.gateways.dutchie import SERVICE
from apps.gateways.failures import Unreachable

BOM = b"\xef\xbb\xbf"
BROKEN = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
# A whole string, or a lone mark; a quote that never closes is passed over, so that the rows after it are still seen.
TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|[\[\]{},]', re.DOTALL)
FIRST_FIELD = re.compile(rb'\s*\{\s*"([^"\\]+)"\s*:')
DEPTH = {b"[": 1, b"{": 1, b"]": -1, b"}": -1}


def split(body: bytes) -> list[bytes]:
    """The rows of a JSON list, each as it came. Raises Unreachable when the body is no list or stops in the middle:
    half a list must never be taken for a whole one."""
    text = body.removeprefix(BOM).strip()
    if not text.startswith(b"["):
        raise Unreachable(SERVICE, "The answer isn't a list.")
    if not text.endswith(b"]") or len(text) < 2:
        raise Unreachable(SERVICE, "The answer stops in the middle.")
    try:
        return [bytes(row) for row in msgspec.json.decode(text, type=list[msgspec.Raw])]
    except BROKEN:
        return split_broken(text[1:-1])


def split_broken(text: bytes) -> list[bytes]:
    """The same for what stands between the brackets of a list that is broken somewhere inside."""
    first = FIRST_FIELD.match(text)
    chunks = [chunk for chunk in _chunks(text) if chunk]
    if not first:
        return chunks
    start = re.compile(rb',\s*(?=\{\s*"' + re.escape(first[1]) + rb'"\s*:)')
    return [row for chunk in chunks for row in ([chunk] if _sound(chunk) else start.split(chunk))]


def _chunks(text: bytes) -> Iterator[bytes]:
    """Cut at every comma that stands outside of strings and brackets."""
    depth = begin = 0
    for token in TOKEN.finditer(text):
        mark = token[0]
        if mark == b"," and depth == 0:
            yield text[begin : token.start()].strip()
            begin = token.end()
        depth = max(0, depth + DEPTH.get(mark, 0))
    yield text[begin:].strip()


def _sound(chunk: bytes) -> bool:
    """A broken row may have swallowed the ones behind it; those begin as the page's first row does."""
    try:
        msgspec.json.decode(chunk)
    except BROKEN:
        return False
    return True
