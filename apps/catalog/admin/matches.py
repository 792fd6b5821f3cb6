"""Which of Dutchie's products is which of ours, and why. Those that wait for a person come first."""

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import Product, ProductLink
from apps.core.backoffice import NeedsWork, ReadOnly, moment

from .review import ReviewPages

BREAK = mark_safe("<br>")


class State(NeedsWork):
    choices_of = ProductLink.State.choices
    first = ProductLink.State.REVIEW


@admin.register(ProductLink)
class ProductLinkAdmin(ReviewPages, ReadOnly):
    list_display = ["source_name", "source_sku", "state", "method", "score", "product", "reason", "since"]
    list_filter = [State, "method"]
    list_select_related = ["product"]
    search_fields = ["source_name", "source_sku"]
    ordering = ["queued_at", "pk"]
    change_list_template = "admin/catalog/productlink/change_list.html"
    fields = ["source_name", "source_sku", "lsp", "dutchie_product", "state", "product", "method", "score", "reason"]
    fields += ["chosen_from", "decided_by", "decided_at", "created_at", "updated_at"]
    readonly_fields = ["chosen_from"]
    since = moment("created_at", _("Since, UTC"))

    @admin.display(description=_("Candidates"))
    def chosen_from(self, link) -> str:
        """Ours that a key pointed at, with what tells them apart."""
        ids = [one["product"] for one in link.candidates]
        found = Product.objects.filter(pk__in=ids).select_related("brand").order_by("name")
        rows = [(product.name, product.sku or "—", product.brand or "—", product.size or "—") for product in found]
        if not rows:
            return "—"
        return format_html_join(BREAK, "{} · {} · {} · {}", rows)
