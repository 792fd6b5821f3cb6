"""JSON: `events/`, the stream for programs that hold no socket open."""

import contextlib
from urllib.parse import urlencode

from django.core.exceptions import ValidationError
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.core import topics
from apps.core.drf.fields import Strict
from apps.core.drf.permissions import SignedIn

from . import frames, store


class EventsQuery(Strict):
    topic = serializers.CharField(required=False, default=frames.ME, max_length=120)
    after = serializers.IntegerField(
        required=False, default=0, min_value=0, max_value=2**63 - 1, help_text="The last number one has seen."
    )


class FrameOut(serializers.Serializer):
    """One event, as the socket sends it."""

    topic = serializers.CharField()
    seq = serializers.IntegerField()
    type = serializers.CharField()
    data = serializers.DictField()


class EventsOut(serializers.Serializer):
    """`seq` is the topic's last number. `reset`: what came after the number asked for is no longer all there; read the
    thing itself again."""

    topic = serializers.CharField()
    seq = serializers.IntegerField()
    reset = serializers.BooleanField()
    results = FrameOut(many=True)
    next = serializers.URLField(allow_null=True)


class Events(APIView):
    """What was told on a topic after a number."""

    permission_classes = [SignedIn]

    @extend_schema(parameters=[EventsQuery], responses=EventsOut, operation_id="list_events")
    def get(self, request):
        """A hundred at most; `next` asks for more. A topic that isn't yours is 404, like one that isn't there."""
        asked = EventsQuery(data=request.query_params.dict())
        asked.is_valid(raise_exception=True)
        topic, after = asked.validated_data["topic"], asked.validated_data["after"]
        inner = _admitted(request.user, topic)
        found, last = store.after(inner, after), store.latest([inner])[inner]
        missing = found[0].seq != after + 1 if found else last != after
        told = {"topic": topic, "seq": last, "reset": missing and bool(after or found)}
        told["results"] = [{"topic": topic, "seq": one.seq, "type": one.type, "data": one.data} for one in found]
        told["next"] = _next(request, topic, found[-1].seq) if found and found[-1].seq < last else None
        return Response(told)


def _admitted(user, topic: str) -> str:
    inner = frames.inner(topic, user.pk)
    with contextlib.suppress(ValueError, ValidationError):
        if inner and topics.may_hear(user, inner):
            return inner
    raise NotFound


def _next(request, topic: str, seq: int) -> str:
    return request.build_absolute_uri(f"{request.path}?{urlencode({'topic': topic, 'after': seq})}")
