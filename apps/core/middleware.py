"""What every request passes before it reaches a page: the answer when the database is away, or has no space left."""

from typing import NamedTuple

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from psycopg.errors import DiskFull, LockNotAvailable, ReadOnlySqlTransaction

from apps.core.crossing import CROSSED
from apps.core.drf import problems

log = structlog.get_logger(__name__)


class Trouble(NamedTuple):
    """Why nothing can be saved now: a slug, words for people, and the seconds after which a new try is worth it."""

    code: str
    title: str
    detail: str
    retry_seconds: int


AWAY = Trouble(
    "database-away", _("The database does not answer"), _("Nothing was saved. Try again in a few seconds."), 5
)
FULL = Trouble(
    "storage-full",
    _("The storage is full"),
    _("Nothing was saved. Reading works; saving does again once there is space."),
    30,
)
BUSY = Trouble(
    "busy",
    _("Somebody else is at it"),
    _("Nothing was saved: somebody else is changing the same just now. Try again in a few seconds."),
    2,
)


class DatabaseAway:
    """A lost, full or busy database is 503 with Retry-After, in words, for pages and API alike; never a stack trace.

    This sees what views raise. What another middleware raises reaches `views.broken`, Django's handler500.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return away(request, exception) if is_away(exception) else None


def is_away(error: BaseException | None) -> bool:
    """One that takes no writes is away too: it stands by for another, or its host has run out of space."""
    return isinstance(error, OperationalError | InterfaceError) or isinstance(
        getattr(error, "__cause__", None), ReadOnlySqlTransaction
    )


def is_full(error: BaseException | None) -> bool:
    return is_away(error) and isinstance(error.__cause__, DiskFull)


def is_busy(error: BaseException | None) -> bool:
    """A row was locked for longer than one waits for it (`lock_timeout`), or waiting crossed."""
    return is_away(error) and isinstance(error.__cause__, (LockNotAvailable, *CROSSED))


def away(request, error: BaseException) -> HttpResponse:
    trouble = FULL if is_full(error) else BUSY if is_busy(error) else AWAY
    log.error(trouble.code.replace("-", "_"), error=type(error).__name__)
    if request.path.startswith("/api/"):
        body = problems.body_of(trouble.code, 503, str(trouble.detail), title=str(trouble.title))
        answer = JsonResponse(body, status=503, content_type=problems.MEDIA_TYPE)
    else:
        answer = HttpResponse(render_to_string("503.html", {"trouble": trouble}), status=503)
    answer["Retry-After"] = str(trouble.retry_seconds)
    return answer
