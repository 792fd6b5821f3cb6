"""The answers where no view gives one (Django's handler400 … handler500): a page, or for the API a problem."""

import sys

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults

from apps.core.drf import problems
from apps.core.middleware import away, is_away


def bad_request(request, exception) -> HttpResponse:
    told = _problem(request, "malformed", 400, _("The server could not read this request."))
    return told or defaults.bad_request(request, exception)


def denied(request, exception) -> HttpResponse:
    told = _problem(request, "not-allowed", 403, _("Your role does not allow this."))
    return told or defaults.permission_denied(request, exception)


def not_found(request, exception) -> HttpResponse:
    told = _problem(request, "not-found", 404, _("There is nothing here that you can see."))
    return told or defaults.page_not_found(request, exception)


def broken(request) -> HttpResponse:
    """Django calls this while it handles the exception, so a database lost inside a middleware is known here."""
    error = sys.exc_info()[1]
    if error and is_away(error):
        return away(request, error)
    told = _problem(request, "broken", 500, _("This broke on our side. Nothing was saved; it stands in our log."))
    return told or defaults.server_error(request)


def _problem(request, code: str, status: int, detail: str) -> JsonResponse | None:
    if not request.path.startswith("/api/"):
        return None
    return JsonResponse(problems.body_of(code, status, detail), status=status, content_type=problems.MEDIA_TYPE)
