"""JSON: `auth/ws-ticket/`."""

import redis
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core.drf.permissions import SignedIn

from . import tickets
from .people import Listener


class TicketOutput(serializers.Serializer):
    ticket = serializers.CharField()


class SocketsAway(APIException):
    """503 while Redis is away; pages read by HTTP meanwhile."""

    status_code = 503
    default_code = "sockets_away"
    default_detail = _("Live updates are away. Try again in a few seconds.")
    wait = 5


class Ticket(APIView):
    """A ticket opens /ws/v1/stream once, within 30 seconds: `?ticket=…`."""

    permission_classes = [SignedIn]

    @extend_schema(request=None, responses=TicketOutput, operation_id="auth_ws_ticket")
    def post(self, request):
        try:
            ticket = tickets.issue(_listener(request))
        except redis.RedisError:
            raise SocketsAway
        return Response({"ticket": ticket}, headers={"Cache-Control": "no-store"})


def _listener(request) -> Listener:
    """A socket opened from a session, a browser's or a program's, ends with that session."""
    by_session = isinstance(request.successful_authenticator, SessionAuthentication)
    organization = getattr(request, "organization", None)
    return Listener(
        session=request.session.session_key if by_session else "",
        user=str(request.user.pk),
        stamp=request.user.get_session_auth_hash(),
        organization=str(organization.pk) if organization else None,
        sign_in=request.auth.mark if request.auth else "",
    )
