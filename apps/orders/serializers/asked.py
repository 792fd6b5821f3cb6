"""Shapes in: what a list of orders may be asked for, a new draft, a changed one, a message."""

from django.utils.translation import gettext as _
from rest_framework import serializers

from apps.core.drf.asked import PageQuery
from apps.core.drf.fields import Strict
from apps.orders import rules
from apps.orders.actions import Asked

from .numbers import Quantity


class OrderQuery(PageQuery):
    state = serializers.CharField(required=False, help_text="One state, or several with commas between.")
    updated_since = serializers.DateTimeField(
        required=False, help_text="What changed at this moment or after; the list is then in order of change."
    )
    q = serializers.CharField(required=False, max_length=120, help_text="Number, PO number, or part of the partner's.")
    partner = serializers.UUIDField(required=False, help_text="The other organization.")

    def validate_state(self, text: str) -> list[str]:
        asked = [one for one in text.split(",") if one]
        if unknown := [one for one in asked if one not in rules.State.values]:
            raise serializers.ValidationError(_("No state is called %(name)s.") % {"name": unknown[0]})
        return asked


class LineAsked(Strict):
    """A line: the seller's SKU, and how much of it."""

    sku = serializers.CharField(max_length=100)
    quantity = Quantity()


class Details(Strict):
    """What a draft may say besides its lines."""

    title = serializers.CharField(required=False, max_length=80, allow_blank=True)
    po_number = serializers.CharField(required=False, max_length=40, allow_blank=True)
    note = serializers.CharField(required=False, max_length=1000, allow_blank=True)
    on_short = serializers.ChoiceField(required=False, choices=rules.OnShort.choices)


class DraftInput(Details):
    """`lines` stand for all of the draft's: what is not among them goes."""

    lines = LineAsked(many=True, required=False)

    def to_internal_value(self, data) -> dict:
        found = super().to_internal_value(data)
        if "lines" in found:
            found["lines"] = asked_lines(found["lines"])
        return found


class OrderInput(DraftInput):
    """A new draft. A retailer names the `seller` and a `location` of its own; a wholesaler, making one for a retailer,
    names itself as `seller`, the `buyer`, and a `location` of the buyer's. `ships_from` is a site of the seller's: the
    one with most of the lines, unless named."""

    seller = serializers.UUIDField()
    buyer = serializers.UUIDField(required=False)
    location = serializers.UUIDField()
    ships_from = serializers.UUIDField(required=False)


class MessageInput(Strict):
    """An `internal` one is for one's own side alone."""

    text = serializers.CharField(max_length=4000)
    internal = serializers.BooleanField(required=False, default=False)


def asked_lines(lines: list[dict]) -> list[Asked]:
    return [Asked(line["sku"], line["quantity"], f"lines[{at}].sku") for at, line in enumerate(lines)]
