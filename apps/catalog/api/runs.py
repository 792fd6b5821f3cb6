"""JSON: one's own organization's runs, and sync now."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.response import Response

from apps.accounts.models import Location
from apps.catalog import actions
from apps.catalog.serializers import RunDetail, RunOut, RunQuery, SyncAnswer, SyncInput
from apps.core.drf.asked import KEY, Asked
from apps.core.drf.idempotency import idempotent
from apps.core.drf.permissions import Member, SellerStaff
from apps.core.models import SyncRun
from apps.core.scope import current


class Runs(Asked, generics.ListAPIView):
    """One's own organization's runs, newest first; POST reads a location now."""

    serializer_class, query_class, permission_classes = RunOut, RunQuery, [SellerStaff]
    filter_backends: list = []
    ordering = ("-id",)

    def get_queryset(self):
        asked = self.asked
        if location := asked.get("location"):
            get_object_or_404(_own_locations(), pk=location)
        found = {"location": "location_id", "state": "state"}
        return _own_runs().filter(**{field: asked[name] for name, field in found.items() if name in asked})

    @extend_schema(parameters=[RunQuery])
    def get(self, request, *args, **kwargs):
        return super().get(request, *args, **kwargs)

    @extend_schema(request=SyncInput, responses={202: SyncAnswer}, parameters=[KEY])
    @idempotent(required=False)
    def post(self, request):
        """Sync now. While the location is being read, or within a minute of it, the call joins that run."""
        asked = SyncInput(data=request.data)
        asked.is_valid(raise_exception=True)
        location = get_object_or_404(_own_locations(), pk=asked.validated_data["location"])
        return Response(SyncAnswer(actions.sync_now(location=location, by=request.user)).data, status=202)


class OneRun(generics.RetrieveAPIView):
    """One run with its seven steps, counts and quarantined rows."""

    serializer_class, permission_classes = RunDetail, [Member]

    def get_queryset(self):
        return _own_runs().prefetch_related("steps")


def _own_runs():
    """Row security lets connected retailers see that a run was; what was in it is its organization's own."""
    return SyncRun.objects.filter(organization_id=current().organization)


def _own_locations():
    return Location.objects.filter(organization=current().organization)
