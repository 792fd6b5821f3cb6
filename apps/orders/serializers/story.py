"""Shapes out: what happened to an order, what people wrote, where the goods are."""

from rest_framework import serializers

from apps.orders import rules
from apps.orders.models import Message, OrderEvent, TrackingEvent


class EventOut(serializers.ModelSerializer):
    """One move. `version` is the order's after it; `by` is what both sides may read of who it was."""

    by = serializers.CharField(source="actor_name")
    from_state = serializers.CharField()
    to_state = serializers.ChoiceField(choices=rules.State.choices)
    data = serializers.DictField()

    class Meta:
        model = OrderEvent
        fields = ["id", "at", "version", "action", "from_state", "to_state", "by", "side", "reason_code", "reason"]
        fields += ["data"]
        read_only_fields = fields


class OrderMessageOut(serializers.ModelSerializer):
    """A line of the conversation; an internal one is read by its writer's side alone."""

    by = serializers.CharField(source="author_name")
    organization = serializers.UUIDField(source="organization_id")

    class Meta:
        model = Message
        fields = ["id", "at", "by", "organization", "internal", "text"]
        read_only_fields = fields


class TrackOut(serializers.ModelSerializer):
    """Where the goods are."""

    kind = serializers.ChoiceField(choices=TrackingEvent.Kind.choices)

    class Meta:
        model = TrackingEvent
        fields = ["id", "at", "kind", "text", "expected_at", "by"]
        read_only_fields = fields
