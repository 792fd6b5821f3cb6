"""Rows that could not be used: every reason in words, and the row as it came, as text."""

import re

from django.contrib import admin
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _

from apps.catalog.models import QuarantinedRow
from apps.core.backoffice import NeedsWork, ReadOnly, as_text, moment

from .rows import RowVerbs

BREAK = mark_safe("<br>")
SHOWN = 16 * 1024  # bytes of a row on the page
SKU = re.compile(rb'"sku"\s*:\s*"?([^",}]{1,100})', re.IGNORECASE)


class State(NeedsWork):
    choices_of = QuarantinedRow.State.choices
    first = QuarantinedRow.State.OPEN


@admin.register(QuarantinedRow)
class QuarantinedRowAdmin(RowVerbs, ReadOnly):
    list_display = ["row", "location", "why", "state", "times_seen", "seen"]
    list_display_links = ["row"]
    list_filter = [State, ("location", admin.RelatedOnlyFieldListFilter)]
    list_select_related = ["location"]
    ordering = ["-last_seen_at", "position"]
    fields = ["location", "run", "source", "position", "reasons_", "as_it_came", "state", "times_seen"]
    fields += ["created_at", "last_seen_at", "decided_by", "why_ignored"]
    change_form_template = "admin/catalog/quarantinedrow/change_form.html"
    readonly_fields = ["reasons_", "as_it_came", "why_ignored"]
    seen = moment("last_seen_at", _("Last seen, UTC"))

    def get_queryset(self, request):
        return super().get_queryset(request).defer("raw")

    @admin.display(description=_("Row"), ordering="position")
    def row(self, kept) -> str:
        return _("Row %(n)s") % {"n": kept.position}

    @admin.display(description=_("Why"))
    def why(self, kept) -> str:
        return in_words(kept.reasons)

    @admin.display(description=_("Reason given"))
    def why_ignored(self, kept) -> str:
        return kept.why or "—"

    @admin.display(description=_("Why"))
    def reasons_(self, kept) -> str:
        rows = [(reason.get("field") or _("the whole row"), reason.get("text")) for reason in kept.reasons]
        return format_html_join(BREAK, "<code>{}</code> {}", rows)

    @admin.display(description=_("As it came"))
    def as_it_came(self, kept) -> str:
        raw = bytes(kept.raw)
        text = raw[:SHOWN].decode("utf-8", errors="backslashreplace").replace("\0", "\\x00")
        if len(raw) > SHOWN:
            text += "\n" + _("… and %(n)s bytes more") % {"n": len(raw) - SHOWN}
        return as_text(text)


def sku_of(raw: bytes) -> str:
    """The SKU in a row's bytes, when one can be made out; for people to find it by."""
    found = SKU.search(bytes(raw))
    return found[1].decode("utf-8", errors="replace") if found else ""


def in_words(reasons: list[dict]) -> str:
    """The first reason as a sentence, and how many more there are."""
    if not reasons:
        return "—"
    first = " ".join(filter(None, [reasons[0].get("field"), reasons[0].get("text")]))
    more = len(reasons) - 1
    return first if not more else _("%(first)s (and %(n)s more)") % {"first": first, "n": more}
