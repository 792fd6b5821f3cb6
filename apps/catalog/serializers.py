"""Shapes in and out: products, what lies on shelves, and runs. Money and quantities are decimal text."""

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.core.drf.fields import Strict
from apps.core.models import RunState, StepState, SyncRun, SyncStep
from apps.core.scope import current

from .models import Product, QuarantinedRow, ShelfLine, StockItem

MOST_QUARANTINED = 200


class PageQuery(Strict):
    """What every list takes."""

    cursor = serializers.CharField(required=False, help_text="From the `next` of the page before.")
    page_size = serializers.IntegerField(required=False, min_value=1, max_value=200)


class ProductQuery(PageQuery):
    q = serializers.CharField(required=False, max_length=120, help_text="Part of the name, or the SKU or UPC.")
    sku = serializers.CharField(required=False, max_length=100)
    changed_since = serializers.DateTimeField(required=False)


class InventoryQuery(PageQuery):
    location = serializers.UUIDField(required=False)
    product = serializers.UUIDField(required=False)
    in_stock = serializers.BooleanField(required=False, allow_null=True, default=None)
    changed_since = serializers.DateTimeField(required=False, help_text="Lines that changed at this moment or after.")


class RunQuery(PageQuery):
    location = serializers.UUIDField(required=False)
    state = serializers.ChoiceField(required=False, choices=RunState.choices)


class SyncInput(Strict):
    """`location` to read now; one of the caller's own organization."""

    location = serializers.UUIDField()


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


class ProductOut(serializers.ModelSerializer):
    """What a thing is: the seller's own record. `upc` has 14 digits or none."""

    organization = serializers.UUIDField(source="organization_id")
    brand = serializers.CharField(source="brand.name", default="", help_text="Empty where none is known.")
    category = serializers.CharField(source="category.name", default="")

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


class PhaseOut(serializers.ModelSerializer):
    """One step of a run. `detail` is a sentence for people."""

    state = serializers.ChoiceField(choices=StepState.choices)

    class Meta:
        model = SyncStep
        fields = ["name", "state", "seconds", "count", "detail"]
        read_only_fields = fields


class MatchedOut(serializers.Serializer):
    """Products by what their match rests on."""

    sku = serializers.IntegerField(default=0)
    upc = serializers.IntegerField(default=0)
    alias = serializers.IntegerField(default=0)
    name = serializers.IntegerField(default=0)
    link = serializers.IntegerField(default=0)


class CountsOut(serializers.Serializer):
    """Rows of this run, those seen before included; `matched`, `new` and `review` count products."""

    fetched = serializers.IntegerField(default=0)
    matched = MatchedOut(default=dict)
    new = serializers.IntegerField(default=0)
    review = serializers.IntegerField(default=0)
    created = serializers.IntegerField(default=0)
    updated = serializers.IntegerField(default=0)
    unchanged = serializers.IntegerField(default=0)
    gone = serializers.IntegerField(default=0)
    quarantined = serializers.IntegerField(default=0)


class RunOut(serializers.ModelSerializer):
    """One reading of one location. `seconds` and `finished_at` are null while it runs."""

    location = serializers.UUIDField(source="location_id")
    state = serializers.ChoiceField(choices=RunState.choices)
    seconds = serializers.FloatField(allow_null=True)
    counts = CountsOut()

    class Meta:
        model = SyncRun
        fields = [
            "id",
            "location",
            "location_name",
            "kind",
            "trigger",
            "state",
            "source",
            "started_at",
            "finished_at",
            "seconds",
            "attempt",
            "counts",
            "error",
        ]
        read_only_fields = fields


class ReasonOut(serializers.Serializer):
    """One thing wrong with a row: a code for machines, the field by its name on the wire, a sentence for people."""

    code = serializers.CharField()
    field = serializers.CharField()
    text = serializers.CharField()


class QuarantinedOut(serializers.ModelSerializer):
    """A row that could not be used. The last good value stays in use."""

    row = serializers.IntegerField(source="position", help_text="Its place in the answer, from 0.")
    state = serializers.ChoiceField(choices=QuarantinedRow.State.choices)
    reasons = ReasonOut(many=True)

    class Meta:
        model = QuarantinedRow
        fields = ["id", "row", "source", "reasons", "state", "times_seen", "last_seen_at"]
        read_only_fields = fields


class RunDetail(RunOut):
    """A run with its steps in order, and the rows last quarantined by it (the first 200)."""

    phases = PhaseOut(many=True, source="steps")
    quarantined = serializers.SerializerMethodField()

    class Meta(RunOut.Meta):
        fields = [*RunOut.Meta.fields, "phases", "quarantined"]
        read_only_fields = fields

    @extend_schema_field(QuarantinedOut(many=True))
    def get_quarantined(self, run):
        return QuarantinedOut(run.quarantined.order_by("position")[:MOST_QUARANTINED], many=True).data


class SyncAnswer(serializers.Serializer):
    """`run` is the run at work, null before a worker takes it up. `joined`: one was asked for or at work already."""

    run = RunOut(allow_null=True)
    joined = serializers.BooleanField()
