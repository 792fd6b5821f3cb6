"""What every request passes before it reaches a page: the answer when the database is away."""

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

log = structlog.get_logger(__name__)
RETRY_SECONDS = 5


class DatabaseAway:
    """A lost database is 503 with Retry-After, in words, for pages and API alike; never a stack trace."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        log.error("database_away", error=type(exception).__name__)
        return away(request)


def away(request) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {
            "type": "https://reup.example/problems/database-away",
            "code": "database-away",
            "title": _("The database does not answer"),
            "status": 503,
            "detail": _("Nothing was saved. Try again in a few seconds."),
        }
        answer = JsonResponse(body, status=503, content_type="application/problem+json")
    else:
        answer = HttpResponse(render_to_string("500.html"), status=503)
    answer["Retry-After"] = str(RETRY_SECONDS)
    return answer
