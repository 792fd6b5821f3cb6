"""What every request passes before it reaches a page: the answer when the database is away."""

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from apps.core.drf import problems

log = structlog.get_logger(__name__)
RETRY_SECONDS = 5


class DatabaseAway:
    """A lost database is 503 with Retry-After, in words, for pages and API alike; never a stack trace.

    This sees what views raise. What another middleware raises reaches `views.broken`, Django's handler500.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        return away(request, exception) if is_away(exception) else None


def is_away(error: BaseException | None) -> bool:
    return isinstance(error, OperationalError | InterfaceError)


def away(request, error: BaseException) -> HttpResponse:
    log.error("database_away", error=type(error).__name__)
    if request.path.startswith("/api/"):
        detail = _("Nothing was saved. Try again in a few seconds.")
        body = problems.body_of("database-away", 503, detail, title=_("The database does not answer"))
        answer = JsonResponse(body, status=503, content_type=problems.MEDIA_TYPE)
    else:
        answer = HttpResponse(render_to_string("503.html"), status=503)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer
