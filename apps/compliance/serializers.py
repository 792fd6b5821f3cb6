"""Shapes: reports to the state and incoming transfers as the API shows them; what a receiver found as it comes in."""

from decimal import Decimal

from django.urls import reverse
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.compliance import incoming, rules
from apps.compliance.models import Manifest, ReceiptLine, Report, ReportAttempt
from apps.compliance.rules import Received
from apps.core.drf.asked import PageQuery
from apps.core.drf.fields import Strict


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


class IncomingQuery(PageQuery):
    open = serializers.BooleanField(
        required=False, help_text="Only those that somebody has to see to, or that are over."
    )
    license = serializers.CharField(required=False, max_length=40)


class PlainDecimal(serializers.DecimalField):
    """Plain decimal text without trailing zeros."""

    def __init__(self, **more):
        super().__init__(max_digits=14, decimal_places=4, normalize_output=True, **more)


class FoundOut(serializers.ModelSerializer):
    """What was found in a package. `state` is quarantine until METRC shows the same; `photo` is the address of its
    picture, "" without one."""

    state = serializers.ChoiceField(choices=ReceiptLine.State.choices)
    decision = serializers.ChoiceField(choices=ReceiptLine.Decision.choices)
    quantity = PlainDecimal()
    photo = serializers.SerializerMethodField()

    class Meta:
        model = ReceiptLine
        fields = ["decision", "quantity", "unit", "reason", "state", "photo"]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField())
    def get_photo(self, line: ReceiptLine) -> str:
        return reverse("compliance:photo", args=[line.pk]) if line.has_photo else ""


class IncomingPackageOut(serializers.Serializer):
    """A package: what was shipped, what METRC says was received (null until it does), what was found (null before)."""

    label = serializers.CharField(source="package.label")
    item = serializers.CharField(source="package.item")
    lab_state = serializers.CharField(source="package.lab_state")
    shipped = PlainDecimal(source="package.shipped_quantity", allow_null=True)
    unit = serializers.CharField(source="package.shipped_unit")
    metrc_state = serializers.CharField(source="package.state")
    metrc_received = PlainDecimal(source="package.received_quantity", allow_null=True)
    found = FoundOut(source="line", allow_null=True)


STANDINGS = [*sorted(incoming.OPEN), "confirmed", "elsewhere", "voided"]


class IncomingOut(serializers.Serializer):
    """A transfer on its way here. `standing` is count (to be checked), sending, press (a person does it at METRC's
    site), differs, refused, held, confirmed, elsewhere (received in METRC without a word from here) or voided.
    `as_of` is when METRC was last read."""

    id = serializers.IntegerField(source="transfer.pk")
    manifest_number = serializers.CharField(source="transfer.manifest_number")
    license = serializers.CharField(source="transfer.facility.number")
    shipper_license = serializers.CharField(source="transfer.shipper_license")
    shipper_name = serializers.CharField(source="transfer.shipper_name")
    standing = serializers.ChoiceField(choices=STANDINGS)
    packages_count = serializers.IntegerField(source="packages")
    due_at = serializers.DateTimeField()
    received_at = serializers.DateTimeField(source="transfer.received_at", allow_null=True)
    as_of = serializers.DateTimeField(source="transfer.facility.last_ok_at", allow_null=True)
    report = serializers.IntegerField(source="report.pk", allow_null=True, default=None)


class IncomingDetail(IncomingOut):
    """With its packages."""

    packages = serializers.SerializerMethodField()

    @extend_schema_field(IncomingPackageOut(many=True))
    def get_packages(self, arrival: incoming.Arrival) -> list:
        return IncomingPackageOut(incoming.rows(arrival.transfer, arrival.report), many=True).data


class FoundIn(Strict):
    """One package. `quantity` is what is there, needed where it is accepted with another one; `reason` where it is not
    as shipped."""

    label = serializers.CharField(max_length=40)
    decision = serializers.ChoiceField(choices=ReceiptLine.Decision.choices)
    quantity = serializers.DecimalField(required=False, max_digits=14, decimal_places=4, min_value=Decimal(0))
    reason = serializers.CharField(required=False, max_length=400, default="")


class ReceiptIn(Strict):
    """Every package of the transfer once; or `accept_all`: each as shipped. `replaces` is the report that was filed
    before and is counted anew."""

    accept_all = serializers.BooleanField(required=False, default=False)
    packages = FoundIn(many=True, required=False, max_length=500)
    replaces = serializers.IntegerField(required=False, min_value=1)

    def validate(self, said: dict) -> dict:
        if said["accept_all"] == bool(said.get("packages")):
            raise serializers.ValidationError("Name the packages, or accept all of them.")
        missing = [
            one["label"] for one in said.get("packages", []) if one["decision"] == "adjust" and "quantity" not in one
        ]
        if missing:
            raise serializers.ValidationError({"packages": [f"{missing[0]}: give the quantity that is there."]})
        return said

    def found(self, packages) -> list[Received]:
        """For the verb; a label nobody shipped is its to refuse."""
        shipped = {one.label: one for one in packages}
        return [_found(one, shipped.get(one["label"])) for one in self.validated_data.get("packages", [])]


def _found(one: dict, package) -> Received:
    usual = package.shipped_quantity or Decimal(0) if package and one["decision"] == "accept" else Decimal(0)
    quantity = Decimal(0) if one["decision"] == "reject" else one.get("quantity", usual)
    return Received(one["label"], one["decision"], quantity, package.shipped_unit if package else "", one["reason"])
