"""Stock as Dutchie tells it: packages, and the shelf lines they add up to. Only the sync writes here."""

import json

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import ShelfLine, StockItem
from apps.catalog.templatetags.shelf import amount, potency
from apps.core.backoffice import ReadOnly, as_text, moment
from apps.core.look.text import money


class Own(ReadOnly):
    """A retailer's scope shows what connected wholesalers sell, too; costs are in these tables, so only one's own."""

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(organization=request.organization)

    @admin.display(description=_("Quantity"), ordering="quantity")
    def counted(self, row) -> str:
        return amount(row.quantity, row.unit)

    @admin.display(description=_("Price each"), ordering="price")
    def each(self, row) -> str:
        return money(row.price)


class Presence(admin.SimpleListFilter):
    """Packages that Dutchie still tells of, unless asked for the others."""

    title = _("Presence")
    parameter_name = "presence"

    def lookups(self, request, model_admin):
        return [("gone", _("Gone")), ("all", _("All"))]

    def queryset(self, request, queryset):
        if self.value() == "all":
            return queryset
        return queryset.filter(gone_at__isnull=self.value() != "gone")

    def choices(self, changelist):
        first, *rest = super().choices(changelist)
        return [first | {"display": _("Present")}, *rest]


@admin.register(StockItem)
class StockItemAdmin(Own):
    list_display = ["name", "location", "batch", "tag", "status", "counted", "each", "expires_date"]
    list_filter = [Presence, "status", ("location", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["location"]
    search_fields = ["name", "sku", "tag", "batch"]
    ordering = ["name", "id"]
    fields = [
        ("location", "inventory_id", "link", "product"),
        ("name", "sku", "batch", "tag", "package_id", "status"),
        ("quantity", "unit", "allocated"),
        ("price", "med_price", "rec_price", "unit_cost"),
        ("strength", "lab_status", "lab_url", "labs_"),
        ("tested_date", "packaged_date", "expires_date"),
        ("run_id", "created_at", "updated_at", "gone_at"),
    ]
    readonly_fields = ["strength", "labs_"]

    @admin.display(description=_("Potency"))
    def strength(self, item) -> str:
        return potency(item.potency, item.potency_unit)

    @admin.display(description=_("Labs"))
    def labs_(self, item) -> str:
        return as_text(json.dumps(item.labs, ensure_ascii=False, indent=1))


@admin.register(ShelfLine)
class ShelfLineAdmin(Own):
    list_display = ["product", "location", "counted", "packages", "each", "best_before_date", "changed"]
    list_filter = [("location", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["product", "location"]
    search_fields = ["product__name", "product__sku"]
    ordering = ["product__name", "id"]
    changed = moment("changed_at", _("Changed, UTC"))
