"""JSON: products, shelves and runs. A row one may not see is 404, and so is a filter that names such a row."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.response import Response

from apps.accounts.models import Location
from apps.core.drf.idempotency import idempotent
from apps.core.drf.permissions import Member, SellerStaff
from apps.core.models import SyncRun
from apps.core.scope import current

from . import actions
from .models import Product, ShelfLine
from .serializers import (
    InventoryQuery,
    LineDetail,
    LineOut,
    ProductOut,
    ProductQuery,
    RunDetail,
    RunOut,
    RunQuery,
    SyncAnswer,
    SyncInput,
)

KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A call repeated with its key gets the first answer again.",
)


class Asked:
    """`self.asked`: the query, checked by `query_class`; what it does not know or can't read is 400."""

    query_class: type

    @property
    def asked(self) -> dict:
        query = self.query_class(data=self.request.query_params.dict())
        query.is_valid(raise_exception=True)
        return query.validated_data


@extend_schema(parameters=[ProductQuery])
class Products(Asked, generics.ListAPIView):
    """One's own products, and what connected wholesalers list."""

    serializer_class, query_class, permission_classes = ProductOut, ProductQuery, [Member]
    filter_backends: list = []
    ordering = ("id",)

    def get_queryset(self):
        found = Product.objects.visible_to(self.request.user).select_related("brand", "category")
        return found.asked(**{name: self.asked.get(name) for name in ("q", "sku", "changed_since")})


class OneProduct(generics.RetrieveAPIView):
    """One product."""

    serializer_class, permission_classes = ProductOut, [Member]

    def get_queryset(self):
        return Product.objects.visible_to(self.request.user).select_related("brand", "category")


@extend_schema(parameters=[InventoryQuery])
class Inventory(Asked, generics.ListAPIView):
    """What lies where: one row a product and location, with the sum of the packages that may be sold."""

    serializer_class, query_class, permission_classes = LineOut, InventoryQuery, [Member]
    filter_backends: list = []
    ordering = ("id",)

    def get_queryset(self):
        asked = self.asked
        if location := asked.get("location"):
            get_object_or_404(Location, pk=location)
        if product := asked.get("product"):
            get_object_or_404(Product.objects.visible_to(self.request.user), pk=product)
        lines = ShelfLine.objects.visible_to(self.request.user).select_related("product")
        return lines.asked(**{name: asked.get(name) for name in ("location", "product", "in_stock", "changed_since")})


class OneLine(generics.RetrieveAPIView):
    """One shelf line with its packages. `unit_cost` and `allocated` are the owning organization's alone."""

    serializer_class, permission_classes = LineDetail, [Member]

    def get_queryset(self):
        return ShelfLine.objects.visible_to(self.request.user).select_related("product")


class Runs(Asked, generics.ListAPIView):
    """One's own organization's runs, newest first; POST reads a location now."""

    serializer_class, query_class, permission_classes = RunOut, RunQuery, [SellerStaff]
    filter_backends: list = []
    ordering = ("-id",)

    def get_queryset(self):
        asked = self.asked
        if location := asked.get("location"):
            get_object_or_404(_own_locations(), pk=location)
        found = {"location": "location_id", "state": "state"}
        return _own_runs().filter(**{field: asked[name] for name, field in found.items() if name in asked})

    @extend_schema(parameters=[RunQuery])
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    @extend_schema(request=SyncInput, responses={202: SyncAnswer}, parameters=[KEY])
    @idempotent(required=False)
    def post(self, request):
        """Sync now. While the location is being read, or within a minute of it, the call joins that run."""
        asked = SyncInput(data=request.data)
        asked.is_valid(raise_exception=True)
        location = get_object_or_404(_own_locations(), pk=asked.validated_data["location"])
        return Response(SyncAnswer(actions.sync_now(location=location, by=request.user)).data, status=202)


class OneRun(generics.RetrieveAPIView):
    """One run with its seven steps, counts and quarantined rows."""

    serializer_class, permission_classes = RunDetail, [Member]

    def get_queryset(self):
        return _own_runs().prefetch_related("steps")


def _own_runs():
    """Row security lets connected retailers see that a run was; what was in it is its organization's own."""
    return SyncRun.objects.filter(organization_id=current().organization)


def _own_locations():
    return Location.objects.filter(organization=current().organization)
