"""Shapes out: places."""

from rest_framework import serializers

from .models import Location


class LocationOut(serializers.ModelSerializer):
    """A licensed site: one's own, or of a connected wholesaler. `zone` is its IANA time zone."""

    organization = serializers.UUIDField(source="organization_id")

    class Meta:
        model = Location
        fields = ["id", "organization", "name", "slug", "zone", "license_number"]
        read_only_fields = fields
