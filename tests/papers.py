"""A PDF's text, page by page, as a reader would extract it."""

import re
import zlib
from base64 import a85decode


def pages(made: bytes) -> list[str]:
    streams = re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL)
    return [_text(zlib.decompress(a85decode(stream.strip().removesuffix(b"~>")))) for stream in streams]


def _text(stream: bytes) -> str:
    blocks = re.findall(rb"\bBT\b(.*?)\bET\b", stream, re.DOTALL)
    said = b"\n".join(b"".join(re.findall(rb"\((.*?)(?<!\\)\) Tj", block)) for block in blocks).decode("latin-1")
    said = re.sub(r"\\(\d{3})", lambda found: bytes([int(found[1], 8)]).decode("cp1252"), said)
    return re.sub(r"\\(.)", r"\1", said)
