"""JSON: `licences/`: which licences the organization has, until when, and whether they hold today at their site."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers

from apps.accounts import rules
from apps.accounts.models import License
from apps.core.drf.permissions import Member


class LicenseOut(serializers.ModelSerializer):
    location = serializers.UUIDField(source="location_id")
    valid_today = serializers.SerializerMethodField()

    class Meta:
        model = License
        fields = ["id", "location", "number", "state", "kind", "valid_from_date", "valid_until_date", "status"]
        fields += ["valid_today"]
        read_only_fields = fields

    @extend_schema_field(bool)
    def get_valid_today(self, license: License) -> bool:
        return license.is_valid_on(rules.local_date(license.location.zone, timezone.now()))


class Licenses(generics.ListAPIView):
    """The own organization's licences, those that end first first. Days are of the site's calendar."""

    serializer_class = LicenseOut
    permission_classes = [Member]
    ordering = ("valid_until_date", "id")
    queryset = License.objects.none()

    def get_queryset(self):
        return License.objects.filter(organization=self.request.organization).select_related("location")
