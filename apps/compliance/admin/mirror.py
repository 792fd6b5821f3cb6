"""METRC as it was last read, and where it differs from us."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.compliance.models import Discrepancy, Package, Transfer
from apps.core.backoffice import NeedsWork, ReadOnly, moment


@admin.register(Package)
class PackageAdmin(ReadOnly):
    list_display = ["label", "facility", "item", "quantity", "unit", "place", "lab_state", "changed", "seen"]
    list_filter = ["place", "lab_state", ("facility", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["facility"]
    search_fields = ["label", "item"]
    ordering = ["label"]
    changed = moment("modified_at", _("Changed at METRC, UTC"))
    seen = moment("read_at", _("Read, UTC"))


@admin.register(Transfer)
class TransferAdmin(ReadOnly):
    list_display = ["manifest", "facility", "direction", "shipper_license", "recipient_license", "order_number", "seen"]
    list_filter = ["direction", "is_voided", ("facility", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["facility"]
    search_fields = ["manifest_number", "order_number", "name"]
    ordering = ["-modified_at"]
    exclude = ["state_pdf"]
    seen = moment("read_at", _("Read, UTC"))

    @admin.display(description=_("Manifest"), ordering="manifest_number")
    def manifest(self, transfer) -> str:
        return str(transfer)


class Standing(NeedsWork):
    choices_of = Discrepancy.State.choices
    first = "open"


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnly):
    list_display = ["subject", "facility", "kind", "ours", "theirs", "state", "found", "why"]
    list_filter = [Standing, "kind", ("facility", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["facility"]
    search_fields = ["subject"]
    ordering = ["-updated_at"]
    found = moment("created_at", _("Found, UTC"))
