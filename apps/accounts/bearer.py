"""Programs' requests: `Authorization: Bearer …` or `Api-Key …` read once, before anything else, so that the scope is
entered for them as for a browser's session; REST framework is then told what was found."""

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from . import keyed
from .actions import sessions

WORD = "bearer"


def recognise(request) -> None:
    """Sets `request.user` and `request.sign_in` from a token, or `request.api_key` from a key; a bad one makes nobody,
    whatever cookie came with it."""
    word, _, text = request.headers.get("Authorization", "").partition(" ")
    found = {WORD: _by_token, keyed.WORD: keyed.recognise}.get(word.lower())
    if not found or not request.path.startswith("/api/"):
        return
    try:
        found(request, text.strip())
    except sessions.NotSignedIn as refusal:
        request.user = AnonymousUser()
        request.bearer_refused = refusal.detail


def _by_token(request, token: str) -> None:
    request.sign_in = sessions.find(token, now=timezone.now())
    request.user = request.sign_in.user


class Bearer(BaseAuthentication):
    """REST framework's view of `recognise`: the user and their session, or 401."""

    def authenticate(self, request):
        plain = request._request
        if refused := getattr(plain, "bearer_refused", ""):
            raise AuthenticationFailed(refused)
        session = getattr(plain, "sign_in", None)
        return (session.user, session) if session else None

    def authenticate_header(self, request):
        return "Bearer"


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = Bearer
    name = "bearer"

    def get_security_definition(self, auto_schema):
        return {"type": "http", "scheme": WORD, "bearerFormat": "JWT"}
