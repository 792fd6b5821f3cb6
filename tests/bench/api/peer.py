"""The list as REST framework's documentation has one write it: a ModelSerializer a row, nested ones in it, and all that
the rows need fetched beforehand. Which price holds is told anew, in plain Django."""

from decimal import Decimal

from django.db.models import Prefetch, Q
from django.utils import timezone
from rest_framework import generics, serializers

from apps.catalog.models import PackRule, PriceRow, Product, ShelfLine
from apps.core.drf.permissions import Member


class StepOut(serializers.ModelSerializer):
    class Meta:
        model = PriceRow
        fields = ["from_quantity", "price"]


class ProductOut(serializers.ModelSerializer):
    organization = serializers.UUIDField(source="organization_id")
    brand = serializers.CharField(source="brand.name", default="")
    category = serializers.CharField(source="category.name", default="")
    price = serializers.SerializerMethodField()
    currency = serializers.ReadOnlyField(default="USD")
    ladder = serializers.SerializerMethodField()
    pack = serializers.SerializerMethodField()

    class Meta:
        model = Product
        fields = ["id", "organization", "sku", "upc", "name", "brand", "category", "strain", "strain_type", "size"]
        fields += ["unit_weight", "is_cannabis", "is_listed", "image_url", "description", "price", "currency", "ladder"]
        fields += ["pack", "created_at", "updated_at"]

    def get_ladder(self, product) -> list[dict]:
        return StepOut(_steps(product), many=True).data

    def get_price(self, product) -> str | None:
        steps = _steps(product)
        return f"{steps[0].price:f}" if steps else None

    def get_pack(self, product) -> dict:
        return {name: _first_said(product.packs_found, name) for name in ("minimum", "multiple")}


def _steps(product) -> list[PriceRow]:
    """The list that goes first, and before its first step the shelf's own price."""
    steps = [step for step in product.steps_found if step.price_list_id == product.steps_found[0].price_list_id]
    shelves = product.shelves_found
    if not shelves or shelves[0].price is None or (steps and not steps[0].from_quantity):
        return steps
    return [PriceRow(from_quantity=Decimal("0.0000"), price=shelves[0].price), *steps]


def _first_said(packs, name: str) -> str | None:
    return next((f"{getattr(pack, name):f}" for pack in packs if getattr(pack, name) is not None), None)


class Products(generics.ListAPIView):
    serializer_class, permission_classes = ProductOut, [Member]
    filter_backends: list = []
    ordering = ("id",)

    def get_queryset(self):
        buyer, today = self.request.organization, timezone.now().date()
        in_force = Q(price_list__is_active=True, price_list__buyers__buyer=buyer)
        in_force &= Q(price_list__starts_date=None) | Q(price_list__starts_date__lte=today)
        in_force &= Q(price_list__ends_date=None) | Q(price_list__ends_date__gte=today)
        steps = PriceRow.objects.filter(in_force).order_by("price_list__priority", "from_quantity")
        packs = PackRule.objects.filter(Q(price_list=None) | in_force).order_by("price_list__priority")
        shelves = ShelfLine.objects.filter(location__is_active=True).order_by("-quantity", "id")
        products = Product.objects.visible_to(self.request.user).select_related("brand", "category")
        return products.prefetch_related(
            Prefetch("list_prices", steps, to_attr="steps_found"),
            Prefetch("packs", packs, to_attr="packs_found"),
            Prefetch("shelf", shelves, to_attr="shelves_found"),
        )
