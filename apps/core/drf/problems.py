"""Every error as application/problem+json (RFC 9457), with a slug that programs can switch on."""

import math

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import Refused

BASE = "https://reup.example/problems/"
SLUGS = {
    exceptions.NotAuthenticated: "not-signed-in",
    exceptions.AuthenticationFailed: "not-signed-in",
    exceptions.PermissionDenied: "not-allowed",
    exceptions.NotFound: "not-found",
    exceptions.MethodNotAllowed: "method-not-allowed",
    exceptions.NotAcceptable: "not-acceptable",
    exceptions.UnsupportedMediaType: "unsupported-media-type",
    exceptions.Throttled: "too-many-requests",
    exceptions.ParseError: "malformed",
    exceptions.ValidationError: "invalid",
}
SAID = {
    exceptions.NotAuthenticated: _("Sign in first."),
    exceptions.PermissionDenied: _("Your role does not allow this."),
    exceptions.NotFound: _("There is nothing here that you can see."),
}

MEDIA_TYPE = "application/problem+json"


def problem(
    code: str, status_code: int, detail: str, *, title: str = "", errors=None, headers=None, extra=None
) -> Response:
    """One answer of the form every client reads. `errors` maps fields to lists of sentences."""
    body = (extra or {}) | body_of(code, status_code, detail, title=title)
    if errors:
        body["errors"] = errors
    return Response(body, status=status_code, headers=headers, content_type=MEDIA_TYPE)


def body_of(code: str, status_code: int, detail: str, *, title: str = "") -> dict:
    return {
        "type": BASE + code,
        "code": code,
        "title": title or code.replace("-", " ").capitalize(),
        "status": status_code,
        "detail": detail,
    }


def handler(error: Exception, context) -> Response | None:
    """DRF's exception handler. What is not expected stays a 500 and is not dressed up."""
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, Refused):
        set_rollback()
        return problem(
            error.code, error.status, error.detail, errors=error.errors, headers=error.headers, extra=error.extra
        )
    if not isinstance(error, exceptions.APIException):
        return None
    set_rollback()
    return _of_api_exception(error)


def _of_api_exception(error: exceptions.APIException) -> Response:
    code = next((slug for kind, slug in SLUGS.items() if isinstance(error, kind)), error.default_code.replace("_", "-"))
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    if isinstance(error, exceptions.ValidationError):
        return problem(code, status.HTTP_400_BAD_REQUEST, "Some fields are not right.", errors=_fields(error.detail))
    return problem(code, error.status_code, _said(error), headers=headers)


def _said(error: exceptions.APIException) -> str:
    """Our words where the framework has only its own."""
    own_words = error.detail != error.default_detail
    return str(error.detail if own_words else SAID.get(type(error), error.detail))


def _fields(detail, at: str = "") -> dict[str, list[str]]:
    """Nested serializer errors as flat paths: `lines[0].sku`."""
    if isinstance(detail, dict):
        pairs = ((_path(at, key), value) for key, value in detail.items())
    elif isinstance(detail, list) and any(isinstance(item, dict | list) for item in detail):
        pairs = ((_path(at, index), value) for index, value in enumerate(detail) if value)
    else:
        return {at or "non_field_errors": [str(item) for item in (detail if isinstance(detail, list) else [detail])]}
    return {path: words for key, value in pairs for path, words in _fields(value, key).items()}


def _path(at: str, key: str | int) -> str:
    """REST framework tells a list's rows by number, in a list or, of late, in a dict."""
    if isinstance(key, int):
        return f"{at}[{key}]"
    return f"{at}.{key}" if at else key
