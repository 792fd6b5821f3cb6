"""Shapes in: what a list may be asked for, and what sync now takes."""

from rest_framework import serializers

from apps.core.drf.asked import PageQuery
from apps.core.drf.fields import Strict
from apps.core.models import RunState


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
