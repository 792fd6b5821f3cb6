"""JSON: the places a member works with."""

from rest_framework import generics

from apps.accounts.models import Location
from apps.accounts.serializers import LocationOut
from apps.core.drf.permissions import Member


class Locations(generics.ListAPIView):
    """Active locations of one's own organization and of connected wholesalers."""

    serializer_class = LocationOut
    permission_classes = [Member]
    ordering = ("id",)
    queryset = Location.objects.filter(is_active=True)


class OneLocation(generics.RetrieveAPIView):
    """One location; another organization's is 404."""

    serializer_class = LocationOut
    permission_classes = [Member]
    queryset = Location.objects.filter(is_active=True)
