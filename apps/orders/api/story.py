"""JSON: an order's timeline, its conversation, and where the goods are."""

from django.db.models import Q
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.response import Response

from apps.core.drf.asked import KEY, PageQuery
from apps.core.drf.asked import Asked as AskedFor
from apps.core.drf.idempotency import idempotent
from apps.core.drf.permissions import Acting, Member
from apps.orders.actions import messages
from apps.orders.serializers import EventOut, MessageInput, OrderMessageOut, TrackOut

from .orders import actor, one


class OfOrder(AskedFor, generics.ListAPIView):
    """Rows of one order, oldest first."""

    query_class, permission_classes = PageQuery, [Member]
    filter_backends: list = []
    ordering = ("id",)

    @property
    def order(self):
        return one(self.request, self.kwargs["number"])

    def list(self, request, *args, **kwargs):
        _checked = self.asked  # a word it does not know is 400
        return super().list(request, *args, **kwargs)


@extend_schema_view(get=extend_schema(parameters=[PageQuery], operation_id="list_order_events"))
class Events(OfOrder):
    """What happened, as both sides may read it."""

    serializer_class = EventOut

    def get_queryset(self):
        return self.order.events.all()


@extend_schema_view(get=extend_schema(parameters=[PageQuery], operation_id="list_order_tracking"))
class Tracking(OfOrder):
    """Where the goods are: handed to the driver, departed, delayed, arrived."""

    serializer_class = TrackOut

    def get_queryset(self):
        return self.order.track.all()


class Messages(OfOrder):
    """The conversation of both sides, and what one's own side keeps to itself."""

    serializer_class, permission_classes = OrderMessageOut, [Acting]

    def get_queryset(self):
        return self.order.messages.filter(Q(internal=False) | Q(organization=self.request.organization))

    @extend_schema(parameters=[PageQuery], operation_id="list_order_messages")
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="write_order_message", request=MessageInput, responses={201: OrderMessageOut}, parameters=[KEY]
    )
    @idempotent(required=False)
    def post(self, request, number: str):
        """Write a line."""
        order = one(request, number)
        asked = MessageInput(data=request.data)
        asked.is_valid(raise_exception=True)
        message = messages.write(order=order, by=actor(request), now=timezone.now(), **asked.validated_data)
        return Response(OrderMessageOut(message).data, status=201)
