"""Idempotency-Key: the first answer to a POST is kept, and a repeated call gets it again (INTERFACE: 72 hours).

The key's row is written in a transaction of its own before the work, and the answer in the work's own transaction, so a
crash between commit and answer leaves the answer, and a crash in the work nothing but a key that may be used again.
"""

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import wraps

from django.db import OperationalError, transaction
from django.db.models.functions import Now
from django.http import HttpResponse
from psycopg.errors import LockNotAvailable
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from apps.core.faultpoint import faultpoint
from apps.core.models import Answer
from apps.core.scope import current, entered

from .problems import problem

KEPT = timedelta(hours=72)
HEADERS = ("ETag", "Location")  # of an answer's headers, those kept with it


class Busy(Exception):
    """The first call with this key is still at work."""


def idempotent(*, required: bool):
    """Wrap a view method. Without a key: 400 where it is required, else the method runs as it is."""

    def wrap(method):
        @wraps(method)
        def answered(view, request, *args, **kwargs):
            key = request.headers.get("Idempotency-Key", "")
            if not key:
                if not required:
                    return method(view, request, *args, **kwargs)
                return problem("idempotency-key-missing", 400, "Send an Idempotency-Key header with this call.")
            if len(key) > 255:
                return problem("idempotency-key-too-long", 400, "An Idempotency-Key has at most 255 characters.")
            scope = current()
            with _as_caller(request):
                return _once(_named(key, request), request, lambda: _in(scope, method, view, request, *args, **kwargs))

        return answered

    return wrap


def _once(key: str, request, work) -> HttpResponse:
    mark = _fingerprint(request)
    whose = {"user_id": request.user.pk, "organization_id": current().organization, "key": key}
    Answer.objects.filter(**whose, at__lt=Now() - KEPT).delete()
    Answer.objects.bulk_create([Answer(**whose, request=mark)], ignore_conflicts=True)
    try:
        with transaction.atomic():
            kept = _locked(whose)
            if kept.request != mark:
                return problem("idempotency-mismatch", 422, "This Idempotency-Key came with another request before.")
            answer = _again(kept) if kept.status else _first(kept, work())
    except Busy:
        detail = "The first call with this Idempotency-Key is still at work."
        return problem("idempotency-in-progress", 409, detail, headers={"Retry-After": "1"})
    faultpoint("committed, not answered")
    return answer


@contextmanager
def _as_caller(request):
    """Keys are their caller's own. A program with an API key works in a scope of no person: its keys stand under who
    made it, apart from that person's own."""
    with entered(replace(current(), user=request.user.pk)):
        yield


def _in(scope, method, *args, **kwargs) -> Response:
    with entered(scope):
        return method(*args, **kwargs)


def _named(key: str, request) -> str:
    program = getattr(request, "api_key", None)
    return hashlib.sha256(f"{program.pk} {key}".encode()).hexdigest() if program else key


def _locked(whose: dict) -> Answer:
    try:
        return Answer.objects.select_for_update(nowait=True).get(**whose)
    except OperationalError as error:
        raise (Busy if isinstance(error.__cause__, LockNotAvailable) else error) from None


def _first(kept: Answer, response: Response) -> HttpResponse:
    """Keep what was done. A refusal changes nothing, so the key may come again with the cause mended."""
    if response.status_code >= 400:
        transaction.set_rollback(True)
        return response
    kept.status = response.status_code
    kept.headers = {name: response[name] for name in HEADERS if response.has_header(name)}
    kept.body = b"" if response.data is None else JSONRenderer().render(response.data)
    kept.save(update_fields=["status", "headers", "body"])
    return _answer(kept)


def _again(kept: Answer) -> HttpResponse:
    answer = _answer(kept)
    answer["Idempotent-Replayed"] = "true"
    return answer


def _answer(kept: Answer) -> HttpResponse:
    """The kept bytes, for the first call and every later one."""
    return HttpResponse(bytes(kept.body), status=kept.status, headers=kept.headers, content_type="application/json")


def _fingerprint(request) -> str:
    words = [request.method.encode(), request.get_full_path().encode()]
    words += _parts(request) if (request.content_type or "").startswith("multipart/") else [request.body]
    return hashlib.sha256(b"\n".join(words)).hexdigest()


def _parts(request) -> list[bytes]:
    """Of a form its parts, each by its digest: the boundary between them is another each time it is sent."""
    found = []
    for name, values in sorted(request.data.lists()):
        for value in values:
            content = value.read() if hasattr(value, "read") else value.encode()
            found += [name.encode(), hashlib.sha256(content).digest()]
            if hasattr(value, "seek"):
                value.seek(0)
    return found
