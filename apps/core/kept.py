"""Pages drawn once for all who would see the same, kept in Redis, with holes for what is each reader's own.

Who would see the same is said by the audience: all that decides how the page looks, the rows it shows included. Its
seal is the name the page is kept under, so what changes the page changes the name, and nobody has to forget anything.
A template marks the holes by `{% apart "x.html" %}` (templatetags/kept.py); each is drawn anew for each request, from
`own` alone. Without Redis the page is drawn each time, the same way.
"""

import hashlib
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from secrets import token_hex
from typing import NamedTuple

import msgspec
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template import RequestContext, engines
from django.template.loader import render_to_string
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language

from . import fast
from .templatetags.kept import drawn
from .templatetags.look import chosen_theme


class _Nobodys:
    """Stands for what is one reader's own while a page for many is drawn: to show it there is a mistake."""

    def __str__(self):
        raise RuntimeError("This page is kept for many readers: what is one's own is drawn {% apart %}.")

    __iter__ = __str__


class _Anybody(NamedTuple):
    """As much of a reader as a page for many may go by."""

    is_authenticated: bool
    is_staff: bool
    theme: str

    @classmethod
    def like(cls, user):
        return cls(user.is_authenticated, user.is_staff, user.theme)


NOBODYS = _Nobodys()
SECONDS = 300  # after which it is drawn anew, whoever asks: what nobody asks for makes room
SOURCES = ("apps/**/*.py", "reup/**/*.py", "templates/**/*.html", "static/**/*")
_pack, _unpack = msgspec.msgpack.Encoder().encode, msgspec.msgpack.Decoder(list[str]).decode


def page(request: HttpRequest, template: str, *, audience: tuple, draw: Callable[[], dict], own: dict) -> HttpResponse:
    """The page for this reader: kept text where there is some for its audience, else drawn from `draw()`'s context.

    The path, the language, the colours, the right to enter the back office and this release are part of every audience;
    all else is the caller's to name.
    """
    name = _name(request, template, audience)
    kept = fast.ask("page", lambda redis: redis.get(name))
    if kept:
        return HttpResponse("".join(_filled(request, template, _unpack(zlib.decompress(kept)), own)))
    pieces = _drawn(request, template, draw())
    fast.ask("keep page", lambda redis: redis.set(name, zlib.compress(_pack(pieces), 1), ex=SECONDS))
    return HttpResponse("".join(_filled(request, template, pieces, own)))


def _name(request: HttpRequest, template: str, audience: tuple) -> str:
    reader = (chosen_theme(request, request.user), request.user.is_staff)
    told = repr((release(), template, request.get_full_path(), get_language(), reader, audience))
    return f"{settings.REDIS_PREFIX}page:{salted_hmac(__name__, told, algorithm='sha256').hexdigest()}"


def _drawn(request: HttpRequest, template: str, context: dict) -> list[str]:
    """The page's text in pieces: every second one is the name of the template that fills the hole there."""
    context = context | {"csrf_token": NOBODYS, "messages": NOBODYS, "user": _Anybody.like(request.user)}
    request.apart = f"\N{START OF TEXT}{token_hex(16)}\N{START OF TEXT}"  # nothing that a page shows can be a mark
    try:
        return render_to_string(template, context, request).split(request.apart)
    finally:
        del request.apart


def _filled(request: HttpRequest, template: str, pieces: list[str], own: dict) -> list[str]:
    context = RequestContext(request, own)
    with context.bind_template(engines["django"].engine.get_template(template)):  # what all know is gathered once
        return [drawn(context, piece) if number % 2 else piece for number, piece in enumerate(pieces)]


@cache
def release() -> str:
    """What this release is made of: another one may draw another page of the same rows."""
    seal = hashlib.blake2b(digest_size=16)
    for pattern in SOURCES:
        for path in sorted(Path(settings.ROOT).glob(pattern)):
            if path.is_file():
                seal.update(str(path.relative_to(settings.ROOT)).encode() + path.read_bytes())
    return seal.hexdigest()
