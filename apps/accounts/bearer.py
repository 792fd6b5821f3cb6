"""Programs' requests: `Authorization: Bearer …` read once, before anything else, so that the scope is entered for them
as for a browser's session; REST framework is then told what was found."""

from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed

from .actions import sessions

WORD = "bearer"


def recognise(request) -> None:
    """Sets `request.sign_in` and `request.user` from a token; a bad one makes nobody, whatever cookie came with it."""
    word, _, token = request.headers.get("Authorization", "").partition(" ")
    if word.lower() != WORD or not request.path.startswith("/api/"):
        return
    try:
        request.sign_in = sessions.find(token.strip(), now=timezone.now())
        request.user = request.sign_in.user
    except sessions.NotSignedIn as refusal:
        request.user = AnonymousUser()
        request.bearer_refused = refusal.detail


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
