"""JSON: what one was told, and what one wants to be told of."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.actions import telling
from apps.accounts.models import Notification
from apps.accounts.rules.told import Channel, Kind
from apps.core.drf.asked import Asked, PageQuery
from apps.core.drf.fields import Strict
from apps.core.drf.permissions import SignedIn


class NotificationQuery(PageQuery):
    unread = serializers.BooleanField(required=False, default=False)


class NotificationOut(serializers.ModelSerializer):
    """`path` is the page it is about. `read_at` is null until it was read."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    organization = serializers.UUIDField(source="organization_id")

    class Meta:
        model = Notification
        fields = ["id", "kind", "title", "path", "organization", "at", "read_at"]
        read_only_fields = fields


class ReadInput(Strict):
    """`ids` of those that were read; all of one's own where they are left out."""

    ids = serializers.ListField(child=serializers.IntegerField(min_value=1), required=False, max_length=500)


class ReadOut(serializers.Serializer):
    read = serializers.IntegerField()


class ChoiceInput(Strict):
    """Whether one is told of this kind on this channel."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    channel = serializers.ChoiceField(choices=Channel.choices)
    wanted = serializers.BooleanField()


class Notifications(Asked, generics.ListAPIView):
    """One's own, newest first."""

    serializer_class, query_class, permission_classes = NotificationOut, NotificationQuery, [SignedIn]
    filter_backends: list = []
    ordering = ("-id",)

    def get_queryset(self):
        unread, mine = self.asked["unread"], Notification.objects.shown(self.request.user)
        return mine.unread() if unread else mine

    @extend_schema(parameters=[NotificationQuery], operation_id="list_notifications")
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)


class Read(APIView):
    """Mark as read."""

    permission_classes = [SignedIn]

    @extend_schema(request=ReadInput, responses=ReadOut, operation_id="read_notifications")
    def post(self, request):
        """How many were unread until now."""
        asked = ReadInput(data=request.data)
        asked.is_valid(raise_exception=True)
        done = telling.mark_read(user=request.user, now=timezone.now(), ids=asked.validated_data.get("ids"))
        return Response({"read": done})


class Choices(APIView):
    """What one is told of, by kind and channel."""

    permission_classes = [SignedIn]

    @extend_schema(responses=ChoiceInput(many=True), operation_id="list_notification_choices")
    def get(self, request):
        return Response(_told(request.user))

    @extend_schema(request=ChoiceInput, responses=ChoiceInput(many=True), operation_id="choose_notifications")
    def patch(self, request):
        """One of them; the others stay as they are."""
        asked = ChoiceInput(data=request.data)
        asked.is_valid(raise_exception=True)
        one = asked.validated_data
        telling.choose(user=request.user, wanted={(one["kind"], one["channel"]): one["wanted"]})
        return Response(_told(request.user))


def _told(user) -> list[dict]:
    held = telling.choices_of(user).items()
    return [{"kind": kind, "channel": channel, "wanted": wanted} for (kind, channel), wanted in held]
