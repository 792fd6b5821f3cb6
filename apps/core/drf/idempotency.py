"""Idempotency-Key: the first answer to a POST is kept, and a repeated call gets it again (INTERFACE: 72 hours).

The key's row is written in a transaction of its own before the work, and the answer in the work's own transaction, so a crash
between commit and answer leaves the answer, and a crash in the work leaves nothing but a key that may be used again.
"""

import hashlib
import json
from datetime import timedelta
from functools import wraps

from django.db import OperationalError, transaction
from django.db.models.functions import Now
from psycopg.errors import LockNotAvailable
from rest_framework.response import Response

from ..models import Answer
from ..scope import current
from .problems import problem

KEPT = timedelta(hours=72)


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
            return _once(key, method, view, request, *args, **kwargs)

        return answered

    return wrap


def _once(key: str, method, view, request, *args, **kwargs) -> Response:
    mine = Answer.objects.filter(user_id=request.user.pk, organization_id=current().organization, key=key)
    mark = _fingerprint(request)
    row = Answer(user_id=request.user.pk, organization_id=current().organization, key=key, request=mark)
    mine.filter(at__lt=Now() - KEPT).delete()
    Answer.objects.bulk_create([row], ignore_conflicts=True)
    try:
        with transaction.atomic():
            kept = mine.select_for_update(nowait=True).get()
            if kept.request != mark:
                return problem("idempotency-mismatch", 422, "This Idempotency-Key came with another request before.")
            if kept.status:
                return _again(kept)
            return _first(kept, method(view, request, *args, **kwargs))
    except OperationalError as error:
        if not isinstance(error.__cause__, LockNotAvailable):
            raise
        return problem("idempotency-in-progress", 409, "The first call with this Idempotency-Key is still at work.")


def _first(kept: Answer, response: Response) -> Response:
    """Keep what was done. A refusal changed nothing, so the key may come again with the cause mended."""
    if response.status_code < 400:
        _keep(kept, response)
    return response


def _keep(kept: Answer, response: Response) -> None:
    kept.status = response.status_code
    kept.headers = {name: response[name] for name in ("ETag", "Location") if response.has_header(name)}
    kept.body = json.dumps(response.data, default=str).encode()
    kept.save(update_fields=["status", "headers", "body"])


def _again(kept: Answer) -> Response:
    headers = dict(kept.headers) | {"Idempotent-Replayed": "true"}
    return Response(json.loads(bytes(kept.body)), status=kept.status, headers=headers)


def _fingerprint(request) -> str:
    return hashlib.sha256(b"\n".join([request.method.encode(), request.path.encode(), request.body])).hexdigest()
