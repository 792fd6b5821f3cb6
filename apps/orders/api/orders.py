"""JSON: orders as both sides see them; drafts made, changed and deleted."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts import entering
from apps.accounts.models import Organization
from apps.core.drf.asked import NEEDED_KEY
from apps.core.drf.asked import Asked as AskedFor
from apps.core.drf.idempotency import idempotent
from apps.core.drf.permissions import Acting
from apps.orders import actions
from apps.orders.models import Order, finding
from apps.orders.serializers import DraftInput, OrderInput, OrderOut, OrderQuery

from .conditions import IF_MATCH, IF_NONE_MATCH, if_match, shown, unchanged
from .examples import refusals
from .parties import parties


class Orders(AskedFor, generics.ListAPIView):
    """One's own organization's orders, newest first; drafts only those of one's own side."""

    serializer_class, query_class, permission_classes = OrderOut, OrderQuery, [Acting]
    filter_backends: list = []

    @property
    def ordering(self) -> tuple[str, ...]:
        return ("updated_at", "id") if "updated_since" in self.asked else ("-created_at", "-id")

    def get_queryset(self):
        asked = self.asked
        found = visible(self.request).filter(finding.saying(asked.get("q", "")))
        if partner := asked.get("partner"):
            found = found.filter(**self._with(partner))
        wanted = {"state": "state__in", "updated_since": "updated_at__gte"}
        return found.filter(**{field: asked[name] for name, field in wanted.items() if name in asked}).with_all()

    def _with(self, partner) -> dict:
        """404 for an organization that one neither trades with nor has an order with."""
        theirs = {"buyer" if self.request.organization.sells else "seller": partner}
        if not visible(self.request).filter(**theirs).exists():
            get_object_or_404(Organization.objects.exclude(side=self.request.organization.side), pk=partner)
        return theirs

    @extend_schema(parameters=[OrderQuery], operation_id="list_orders")
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    @extend_schema(
        operation_id="create_order",
        request=OrderInput,
        responses={201: OrderOut, **refusals("invalid", "unknown-sku", "idempotency-mismatch")},
        parameters=[NEEDED_KEY],
    )
    @idempotent(required=True)
    def post(self, request):
        """A new draft. It holds no stock until it is submitted."""
        asked = OrderInput(data=request.data)
        asked.is_valid(raise_exception=True)
        values = asked.validated_data
        more = {name: value for name, value in values.items() if name not in BETWEEN}
        order = actions.create(**parties(request.organization, values), by=actor(request), now=timezone.now(), **more)
        return shown(order, 201, {"Location": request.build_absolute_uri(f"{order.number}/")})


class OneOrder(APIView):
    """One order."""

    permission_classes = [Acting]

    @extend_schema(operation_id="get_order", responses={200: OrderOut, 304: None}, parameters=[IF_NONE_MATCH])
    def get(self, request, number: str):
        order = one(request, number)
        return unchanged(request, order) or shown(order)

    @extend_schema(
        operation_id="edit_order",
        request=DraftInput,
        responses={200: OrderOut, **refusals("invalid", "version-mismatch", "precondition-required")},
        parameters=[IF_MATCH],
    )
    def patch(self, request, number: str):
        """Change a draft. Prices are today's."""
        order, version = one(request, number), if_match(request)
        asked = DraftInput(data=request.data)
        asked.is_valid(raise_exception=True)
        return shown(edited(order, request, version, asked.validated_data))

    @extend_schema(
        operation_id="delete_order",
        responses={204: None, **refusals("version-mismatch", "illegal-transition")},
        parameters=[IF_MATCH],
    )
    def delete(self, request, number: str):
        """Delete a draft."""
        order, version = one(request, number), if_match(request)
        actions.transition(order=order, action="delete", by=actor(request), now=timezone.now(), version=version)
        return Response(status=204)


BETWEEN = {"seller", "buyer", "location", "ships_from"}


def edited(order: Order, request, version: int, values: dict) -> Order:
    whole = "lines" in values
    return actions.edit(order=order, by=actor(request), now=timezone.now(), version=version, whole=whole, **values)


def visible(request):
    """One's own side's orders: what `visible_to` opens, by the index of the side one stands on."""
    return finding.orders_of(request.user, request.organization)


def one(request, number: str) -> Order:
    return get_object_or_404(visible(request).with_all(), number=number)


def actor(request) -> actions.Actor:
    return actions.actor_of(request.membership, fresh=entering.is_fresh(request, now=timezone.now()))
