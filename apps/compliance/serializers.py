"""Shapes: reports to the state as the API shows them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compliance import rules
from apps.compliance.models import Manifest, Report, ReportAttempt
from apps.core.drf.asked import PageQuery


class ReportQuery(PageQuery):
    state = serializers.ChoiceField(required=False, choices=rules.State.choices)
    kind = serializers.ChoiceField(required=False, choices=rules.Kind.choices)
    order = serializers.CharField(required=False, max_length=40)


class ReportOut(serializers.ModelSerializer):
    """One report. `manifest_number` is "" until METRC has registered the transfer; `error` is what METRC said last."""

    state = serializers.ChoiceField(choices=rules.State.choices)
    kind = serializers.ChoiceField(choices=rules.Kind.choices)
    license = serializers.CharField(source="facility.number")
    order = serializers.CharField(source="order_number")
    manifest_number = serializers.SerializerMethodField()
    error = serializers.CharField(source="last_error")

    class Meta:
        model = Report
        fields = [
            "id",
            "number",
            "kind",
            "state",
            "license",
            "order",
            "mark",
            "manifest_number",
            "error",
            "attempts",
            "sends",
            "deadline_at",
            "created_at",
            "closed_at",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_manifest_number(self, report: Report) -> str:
        return report.found.get("manifest_number", "")


class AttemptOut(serializers.ModelSerializer):
    """One call about a report. `verdict` is what the answer meant; "" while none came."""

    class Meta:
        model = ReportAttempt
        fields = ["n", "purpose", "started_at", "finished_at", "status", "verdict"]
        read_only_fields = fields


class ManifestOut(serializers.ModelSerializer):
    """The version as it was filed, with its digest."""

    document = serializers.DictField()

    class Meta:
        model = Manifest
        fields = ["id", "version", "document", "sha256"]
        read_only_fields = fields


class ReportDetail(ReportOut):
    """With every call, what was filed and, of a transfer, its manifest (null for others)."""

    payload = serializers.DictField()
    tries = AttemptOut(many=True)
    manifest = serializers.SerializerMethodField()

    class Meta(ReportOut.Meta):
        fields = [*ReportOut.Meta.fields, "payload", "tries", "manifest"]
        read_only_fields = fields

    @extend_schema_field(ManifestOut(allow_null=True))
    def get_manifest(self, report: Report) -> dict | None:
        found = Manifest.objects.filter(report=report).first()
        return ManifestOut(found).data if found else None
