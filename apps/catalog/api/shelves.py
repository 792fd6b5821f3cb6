"""JSON: products and what lies where. A row one may not see is 404, and so is a filter that names such a row."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import generics

from apps.accounts.models import Location
from apps.catalog.actions.prices import any_offers
from apps.catalog.models import Product, ShelfLine
from apps.catalog.serializers import InventoryQuery, LineDetail, LineOut, ProductOut, ProductQuery
from apps.core.drf.asked import Asked
from apps.core.drf.permissions import Member
from apps.core.scope import current

from . import product_rows as rows


@extend_schema(parameters=[ProductQuery])
class Products(Asked, generics.ListAPIView):
    """One's own products, and what connected wholesalers list."""

    serializer_class, query_class, permission_classes = ProductOut, ProductQuery, [Member]
    filter_backends: list = []
    ordering = ("id",)

    def list(self, request, *args, **kwargs):
        found = self.paginate_queryset(self.get_queryset().values(*rows.OWN))
        offers = any_offers(products=rows.priceable(found), buyer=current().organization, on=timezone.now().date())
        return rows.page([rows.shown(row, offers[row["id"]]) for row in found], self.paginator.get_next_link())

    def get_queryset(self):
        found = Product.objects.visible_to(self.request.user)
        return found.asked(**{name: self.asked.get(name) for name in ("q", "sku", "changed_since")})


class OneProduct(generics.RetrieveAPIView):
    """One product."""

    serializer_class, permission_classes = ProductOut, [Member]

    def get_queryset(self):
        return Product.objects.visible_to(self.request.user).select_related("brand", "category")

    def get_object(self):
        return _offered([super().get_object()])[0]


def _offered(products: list[Product]) -> list[Product]:
    """With each product's `offer` to the organization that asks."""
    offers = any_offers(products=products, buyer=current().organization, on=timezone.now().date())
    for product in products:
        product.offer = offers[product.pk]
    return products


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
