"""Shapes in: what is not known is refused, never passed over."""

from rest_framework import serializers


class Strict(serializers.Serializer):
    """A serializer that says which fields it does not know (INTERFACE: unknown fields are 400)."""

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise serializers.ValidationError({name: ["No field has this name."] for name in unknown})
        return super().to_internal_value(data)
