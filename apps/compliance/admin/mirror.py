"""METRC as it was last read, and where it differs from us."""

from django.contrib import admin, messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from apps.compliance import actions
from apps.compliance.models import Cursor, Discrepancy, Facility, Package, Tag, Transfer
from apps.core.backoffice import NeedsWork, ReadOnly, moment
from apps.core.errors import Refused
from apps.core.scope import scope

from .rights import REDRIVE, may_here, needs


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


@admin.register(Tag)
class TagAdmin(ReadOnly):
    """The drawer of package tags, read again on demand; why it could not be read stands above the list."""

    change_list_template = "admin/compliance/tag/change_list.html"
    list_display = ["label", "facility", "state", "order_number", "source", "quantity", "unit", "seen"]
    list_filter = ["state", ("facility", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["facility"]
    search_fields = ["label", "source", "order_number"]
    ordering = ["label"]
    exclude = ["order"]
    seen = moment("read_at", _("Listed, UTC"))

    def get_urls(self):
        refresh = path("refresh/", self.admin_site.admin_view(self.refresh), name="compliance_tag_refresh")
        return [refresh, *super().get_urls()]

    def refresh(self, request):
        """Each of the organization's drawers is read by a worker; the wire is not waited on here."""
        if request.method != "POST" or not request.organization or not self.has_view_permission(request):
            raise Http404
        for facility in Facility.objects.reported().filter(organization=request.organization):
            actions.ask_tags(facility)
        messages.success(request, gettext("METRC's unused tags are being read. Look again in a moment."))
        return redirect("admin:compliance_tag_changelist")

    def changelist_view(self, request, extra_context=None):
        refused = Cursor.objects.filter(endpoint="tags").exclude(reason="").select_related("facility")
        return super().changelist_view(request, {"refused": refused, **(extra_context or {})})


class Standing(NeedsWork):
    choices_of = Discrepancy.State.choices
    first = "open"


@admin.register(Discrepancy)
class DiscrepancyAdmin(ReadOnly):
    """A task: a person finds out which side is right, sets that right there, and says so here."""

    list_display = ["subject", "facility", "kind", "ours", "theirs", "state", "found", "why"]
    list_filter = [Standing, "kind", ("facility", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["facility"]
    search_fields = ["subject"]
    ordering = ["-updated_at"]
    change_form_template = "admin/compliance/discrepancy/change_form.html"
    found = moment("created_at", _("Found, UTC"))

    def get_urls(self):
        settle = self.admin_site.admin_view(self.settle)
        return [path("<int:pk>/settle/", settle, name="compliance_discrepancy_settle"), *super().get_urls()]

    def change_view(self, request, object_id, form_url="", extra_context=None):
        row = self.get_object(request, object_id)
        told = {"may_act": bool(row) and may_here(request, REDRIVE, row.organization_id)}
        return super().change_view(request, object_id, form_url, told | (extra_context or {}))

    def settle(self, request, pk: int):
        if request.method != "POST" or not self.has_view_permission(request):
            raise Http404
        row = get_object_or_404(self.get_queryset(request), pk=pk)
        try:
            needs(request, REDRIVE, row.organization_id)
            with scope(row.organization_id, user=request.user.pk):
                actions.settle(difference=row, by=request.user, why=request.POST.get("why", ""))
            messages.success(request, gettext("Settled. If METRC and the shelf differ again, it opens anew."))
        except Refused as refusal:
            messages.error(request, refusal.detail)
        return redirect("admin:compliance_discrepancy_change", row.pk)
