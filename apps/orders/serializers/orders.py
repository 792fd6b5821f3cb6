"""Shapes out: an order with its lines, and what may be done with it."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.orders import rules
from apps.orders.models import Order, OrderLine, Proposal

from .numbers import MoneyOut, PlainOut

FLAGS = ("hold_expired", "short", "disputed", "cancel_requested", "on_credit_hold")


class TaxOut(serializers.Serializer):
    """A rate on a line. One that is not `charged` is the buyer's to remit, and only stated."""

    name, state, percent = serializers.CharField(), serializers.CharField(), PlainOut()
    charged = serializers.BooleanField()


class OrderLineOut(serializers.ModelSerializer):
    """A line, as it was when it was ordered. `price` is for one; `why` is how it came about. `total` is
    before tax, `tax` what the seller charges besides. Quantities that are not known yet are 0."""

    product = serializers.UUIDField(source="product_id")
    ordered, accepted, backordered = PlainOut(), PlainOut(), PlainOut()
    shipped, received, returned = PlainOut(), PlainOut(), PlainOut()
    price, total, tax = MoneyOut(), MoneyOut(), MoneyOut()
    why = serializers.ListField(child=serializers.DictField())
    taxes = TaxOut(many=True)

    class Meta:
        model = OrderLine
        fields = ["id", "sku", "name", "unit", "product", "ordered", "accepted", "backordered", "shipped", "received"]
        fields += ["returned", "price", "total", "tax", "taxes", "why", "note"]
        read_only_fields = fields


class SubstituteOut(serializers.Serializer):
    """Goods that would come in a line's place."""

    product = serializers.UUIDField(source="product_id")
    sku, name, unit = serializers.CharField(), serializers.CharField(), serializers.CharField()
    taxes = TaxOut(many=True)


class ProposedLineOut(serializers.Serializer):
    """What a line would be; `substitute` is null where it stays the same goods."""

    id = serializers.UUIDField(source="line")
    quantity, price = PlainOut(), MoneyOut()
    substitute = SubstituteOut(allow_null=True, default=None)


class SlotOut(serializers.Serializer):
    """When it is delivered, and until when it can be cancelled freely."""

    starts_at = serializers.DateTimeField(source="deliver_from")
    ends_at = serializers.DateTimeField(source="deliver_until")
    cut_off_at = serializers.DateTimeField(allow_null=True)


class ProposalOut(serializers.ModelSerializer):
    """A change that waits for an answer until `until`. `slot` is null where the delivery stays as it is."""

    kind = serializers.ChoiceField(choices=Proposal.Kind.choices)
    lines = ProposedLineOut(many=True)
    total_before, total = MoneyOut(), MoneyOut()
    slot = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = ["kind", "by", "at", "reason", "lines", "slot", "total_before", "total", "until"]
        read_only_fields = fields

    @extend_schema_field(SlotOut(allow_null=True))
    def get_slot(self, proposal: Proposal):
        return slot_of(proposal)


class OrderOut(serializers.ModelSerializer):
    """An order as both sides read it. Its ETag is its version in quotes. `total` is what is owed: the lines'
    totals and their tax. `proposal` is the change that waits for an answer; `flags` are what needs a look. The prices
    of a backorder hold until `price_until`; it is null for every other order."""

    state = serializers.ChoiceField(choices=rules.State.choices)
    payment = serializers.ChoiceField(choices=rules.Payment.choices)
    compliance = serializers.ChoiceField(choices=rules.Compliance.choices)
    buyer = serializers.UUIDField(source="buyer_id")
    seller = serializers.UUIDField(source="seller_id")
    location = serializers.UUIDField(source="location_id")
    ships_from = serializers.UUIDField(source="ships_from_id")
    backorder_of = serializers.CharField(source="backorder_of.number", allow_null=True, default=None)
    subtotal, tax, total = MoneyOut(), MoneyOut(), MoneyOut()
    slot = serializers.SerializerMethodField()
    flags = serializers.SerializerMethodField()
    proposal = serializers.SerializerMethodField()
    lines = OrderLineOut(many=True)

    class Meta:
        model = Order
        fields = ["number", "state", "version", "compliance", "manifest_number", "payment", "buyer", "buyer_name"]
        fields += ["seller", "seller_name", "location", "deliver_to", "deliver_license", "ships_from", "currency"]
        fields += [
            "subtotal",
            "tax",
            "total",
            "title",
            "po_number",
            "note",
            "terms",
            "on_short",
            "slot",
            "hold_until",
            "answer_by",
            "price_until",
        ]
        fields += ["reason_code", "reason", "cancelled_by", "tracking", "expected_at", "signed_by", "flags"]
        fields += ["backorder_of", "proposal", "created_at", "submitted_at", "moved_at", "updated_at", "lines"]
        read_only_fields = fields

    @extend_schema_field(SlotOut(allow_null=True))
    def get_slot(self, order: Order):
        return slot_of(order)

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(choices=FLAGS)))
    def get_flags(self, order: Order) -> list[str]:
        return [name for name in FLAGS if getattr(order, name)]

    @extend_schema_field(ProposalOut(allow_null=True))
    def get_proposal(self, order: Order):
        waits = [one for one in order.proposals.all() if one.state == Proposal.State.OPEN]
        return ProposalOut(waits[0]).data if waits else None


def slot_of(row: Order | Proposal) -> dict | None:
    return SlotOut(row).data if row.deliver_from else None


class ChoiceOut(serializers.Serializer):
    """A move: whether it is allowed now, and in words why not; `words` stand on its button."""

    action = serializers.CharField()
    allowed = serializers.BooleanField()
    reason = serializers.CharField()
    words = serializers.CharField()
