"""An order's papers as PDF: confirmation, pick list, packing list, invoice."""

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.orders.models import Invoice, Order

from . import sheets
from .values import Sheet

KINDS = ("confirmation", "pick-list", "packing-list", "invoice")


def render(kind: str, order: Order) -> bytes:
    """The PDF. The same order gives the same bytes. The pick list names batches for the seller's own people alone.

    Raises Refused `no-invoice` 409 before there is one; ValueError for a kind that isn't one of `KINDS`.
    """
    if kind == "invoice":
        standing = Invoice.objects.standing(order)
        if standing is None:
            raise Refused(_("The invoice is made when the order ships."), code="no-invoice")
        return render_invoice(standing)
    makers = {"confirmation": sheets.confirmation, "pick-list": sheets.pick_list, "packing-list": sheets.packing_list}
    if kind not in makers:
        raise ValueError(f"There is no document {kind!r}.")
    return _drawn(makers[kind](order))


def render_invoice(invoice: Invoice) -> bytes:
    """An invoice that may be void, too: it says so."""
    return _drawn(sheets.invoice(invoice))


def _drawn(sheet: Sheet) -> bytes:
    from .drawing import draw  # reportlab takes a moment to load, and few processes draw

    return draw(sheet)


__all__ = ["KINDS", "render", "render_invoice"]
