"""Shapes out: products and what lies on shelves. Money and quantities are decimal text."""

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.catalog.models import Product, ShelfLine, StockItem
from apps.core.scope import current


@extend_schema_field({"type": ["string", "null"], "format": "decimal", "description": "Null unless it is yours."})
class Owned(serializers.Field):
    """A figure that only the owning organization reads; null for everybody else."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, allow_null=True, **kwargs)

    def get_attribute(self, row):
        return super().get_attribute(row) if row.organization_id == current().organization else None

    def to_representation(self, value) -> str:
        return f"{value:f}"


class Currency(serializers.CharField):
    """Stands beside every amount of money."""

    def __init__(self, **kwargs):
        super().__init__(read_only=True, **kwargs)

    def get_attribute(self, row):
        return settings.CURRENCY


AMOUNT = {"max_digits": 14, "decimal_places": 4}


class TierOut(serializers.Serializer):
    """A price each that holds from a quantity on."""

    from_quantity = serializers.DecimalField(**AMOUNT)
    price = serializers.DecimalField(**AMOUNT)


class PackOut(serializers.Serializer):
    """In what quantities it is sold: `minimum` and `multiple` (the case) in its unit; null where nothing is said."""

    minimum = serializers.DecimalField(**AMOUNT, allow_null=True)
    multiple = serializers.DecimalField(**AMOUNT, allow_null=True)


class ProductOut(serializers.ModelSerializer):
    """What a thing is: the seller's own record. `upc` has 14 digits or none.

    `price` is what you pay each, by your price list or the shelf; `ladder` all its steps by quantity. Null and empty
    where nobody has priced it.
    """

    organization = serializers.UUIDField(source="organization_id")
    brand = serializers.CharField(source="brand.name", default="", help_text="Empty where none is known.")
    category = serializers.CharField(source="category.name", default="")
    price = serializers.DecimalField(source="offer.first_price", **AMOUNT, allow_null=True)
    currency = Currency()
    ladder = TierOut(source="offer.ladder", many=True)
    pack = PackOut(source="offer.pack")

    class Meta:
        model = Product
        fields = [
            "id",
            "organization",
            "sku",
            "upc",
            "name",
            "brand",
            "category",
            "strain",
            "strain_type",
            "size",
            "unit_weight",
            "is_cannabis",
            "is_listed",
            "image_url",
            "description",
            "price",
            "currency",
            "ladder",
            "pack",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class LineProduct(serializers.ModelSerializer):
    """Enough of a product to know it by."""

    class Meta:
        model = Product
        fields = ["id", "sku", "name"]
        read_only_fields = fields


class LineOut(serializers.ModelSerializer):
    """One product at one location: the sum of the packages that may be sold, at the price of the first to expire."""

    organization = serializers.UUIDField(source="organization_id")
    location = serializers.UUIDField(source="location_id")
    product = LineProduct()
    package_count = serializers.IntegerField(source="packages")
    in_stock = serializers.SerializerMethodField()
    currency = Currency()

    class Meta:
        model = ShelfLine
        fields = [
            "id",
            "organization",
            "location",
            "product",
            "quantity",
            "unit",
            "in_stock",
            "price",
            "currency",
            "potency",
            "potency_unit",
            "best_before_date",
            "package_count",
            "version",
            "changed_at",
        ]
        read_only_fields = fields

    def get_in_stock(self, line) -> bool:
        return line.quantity > 0


class LabOut(serializers.Serializer):
    """One laboratory result; `value` is null where nothing was detected."""

    test = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    unit = serializers.CharField()


class PackageOut(serializers.ModelSerializer):
    """One package (batch) as Dutchie last told it. `inventory_id` is Dutchie's, `tag` METRC's."""

    labs = LabOut(many=True)
    currency = Currency()
    unit_cost = Owned()
    allocated = Owned()

    class Meta:
        model = StockItem
        fields = [
            "inventory_id",
            "batch",
            "tag",
            "quantity",
            "unit",
            "price",
            "currency",
            "unit_cost",
            "allocated",
            "potency",
            "potency_unit",
            "labs",
            "lab_status",
            "lab_url",
            "tested_date",
            "packaged_date",
            "expires_date",
            "updated_at",
        ]
        read_only_fields = fields


class LineDetail(LineOut):
    """A line with its packages, the one to be taken first, first."""

    packages = serializers.SerializerMethodField()

    class Meta(LineOut.Meta):
        fields = [*LineOut.Meta.fields, "packages"]
        read_only_fields = fields

    @extend_schema_field(PackageOut(many=True))
    def get_packages(self, line):
        found = StockItem.objects.for_sale().filter(location=line.location_id, product=line.product_id)
        return PackageOut(found, many=True).data
