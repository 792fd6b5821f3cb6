"""Invoices as pages: the list, one of them with its payments and credits, and its paper."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from apps.core.keyset import BadCursor, Page, page
from apps.orders import documents
from apps.orders.models import Invoice, finding, owing
from apps.orders.rules import taxes

from . import asking
from .told import many

SIZE = 40
TABS = {
    "unpaid": _("To pay"),
    "overdue": _("Overdue"),
    "paid": _("Paid"),
    "closed": _("Void, written off"),
    "all": _("All"),
}


@require_safe
@asking.members
def listing(request: HttpRequest):
    mine = owing.invoices_of(request.user, request.organization)
    tab = request.GET.get("state", "")
    tab = tab if tab in TABS else "unpaid"
    shown = _page(mine.filter(state__in=owing.TABS[tab]), request.GET.get("cursor", ""))
    ways = {"next": shown.next, "previous": shown.previous}
    context = {
        "invoices": shown.rows,
        "tabs": _tabs(finding.counts(mine, by="due_date")),
        "tab": tab,
        "now": timezone.now(),
    }
    context |= {way: cursor and f"?state={tab}&cursor={cursor}" for way, cursor in ways.items()}
    return render(request, "invoices/list.html", context)


@require_safe
@asking.members
def detail(request: HttpRequest, pk):
    invoice = _invoice(request, pk)
    lines = list(invoice.lines.all())
    context = {
        "invoice": invoice,
        "lines": lines,
        "parts": taxes.parts((line.total, line.taxes) for line in lines),
        "payments": invoice.payments.all(),
        "credits": invoice.credits.all(),
        "zone": invoice.order.deliver_zone,
        "now": timezone.now(),
    }
    return render(request, "invoices/detail.html", context)


@require_safe
@asking.members
def paper(request: HttpRequest, pk):
    invoice = _invoice(request, pk)
    answer = HttpResponse(documents.render_invoice(invoice), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="invoice-{invoice.number}.pdf"'
    return answer


def _invoice(request: HttpRequest, pk) -> Invoice:
    """404 for one that is not theirs to see."""
    return get_object_or_404(owing.told(Invoice.objects.visible_to(request.user)), pk=pk)


def _page(invoices, cursor: str) -> Page:
    ordered = owing.newest_first(owing.told(invoices))
    try:
        return page(ordered, size=SIZE, cursor=cursor, descending=True)
    except BadCursor:
        return page(ordered, size=SIZE, descending=True)


def _tabs(counts: dict) -> list[dict]:
    return [
        {"name": name, "word": word, "count": many(counts.get(state, 0) for state in owing.TABS[name])}
        for name, word in TABS.items()
    ]
