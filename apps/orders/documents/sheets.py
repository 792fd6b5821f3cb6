"""What stands on each of an order's papers."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from apps.catalog.models import Reservation
from apps.catalog.templatetags.shelf import amount
from apps.compliance import actions as compliance
from apps.core.look.text import EMPTY, money
from apps.core.look.text import quantity as plain
from apps.orders.models import CreditNote, Invoice, Order
from apps.orders.rules import taxes
from apps.orders.rules.billing import InvoiceState
from apps.orders.rules.terms import Due

from .values import Column, Party, Sheet

PICKED = (Reservation.State.ALLOCATED, Reservation.State.CONSUMED)


def confirmation(order: Order) -> Sheet:
    lines = list(order.lines.order_by("position"))
    return Sheet(
        title=_("Order confirmation"),
        number=order.number,
        about=_("Order %(number)s · %(state)s") % {"number": order.number, "state": order.get_state_display()},
        parties=_parties(order),
        facts=_facts(order),
        columns=_priced(),
        rows=[_line(line, _counts(order, line), line.price, line.total) for line in lines],
        sums=[
            *_taxed(order, lines),
            (_("Total, %(currency)s") % {"currency": order.currency}, money(order.total, order.currency), True),
        ],
        notes=_stated(order.currency, lines) + ([order.note] if order.note else []),
    )


def packing_list(order: Order) -> Sheet:
    columns = (Column(_("SKU"), 0.18), Column(_("Product"), 0.46), Column(_("Packed"), 0.16, number=True))
    lines = [line for line in order.lines.order_by("position") if _counts(order, line)]
    return Sheet(
        title=_("Packing list"),
        number=order.number,
        about=_("Order %(number)s") % {"number": order.number},
        parties=_parties(order),
        facts=_facts(order),
        columns=(*columns, Column(_("Received, signed"), 0.2)),
        rows=[[line.sku, line.name, amount(_counts(order, line), line.unit), ""] for line in lines],
        notes=[_("Count before you sign. Write down what is missing or damaged beside its line.")],
    )


def pick_list(order: Order) -> Sheet:
    """By batch, in the order of the lines; a line whose batches aren't chosen yet says so."""
    columns = (Column(_("SKU"), 0.15), Column(_("Product"), 0.31), Column(_("Batch, tag"), 0.26))
    columns += (Column(_("Best before"), 0.12), Column(_("Take"), 0.1, number=True), Column(_("Done"), 0.06))
    return Sheet(
        title=_("Pick list"),
        number=order.number,
        about=_("Order %(number)s from %(place)s") % {"number": order.number, "place": order.site},
        parties=_parties(order),
        facts=_facts(order),
        columns=columns,
        rows=_picks(order),
    )


def invoice(bill: Invoice) -> Sheet:
    order = bill.order
    void, lines = bill.state == InvoiceState.VOID, list(bill.lines.all())
    return Sheet(
        title=_("Invoice"),
        number=bill.number,
        about=_("Invoice %(number)s · %(state)s") % {"number": bill.number, "state": bill.get_state_display()},
        parties=_parties(order, bill),
        facts=_billed(bill) + _facts(order, terms=bill.terms),
        columns=_priced(),
        rows=[_line(line, line.quantity, line.price, line.total) for line in lines],
        sums=_taxed(bill, lines) + _sums(bill),
        notes=[
            *_stated(bill.currency, lines),
            *[_credit(note, bill.currency) for note in bill.credits.all()],
            *([bill.reason] if void else []),
        ],
        mark=_("VOID") if void else "",
    )


def _parties(order: Order, named: Order | Invoice | None = None) -> tuple[Party, ...]:
    """All of it kept on the order; `named` where another row has its own names of the two."""
    named = named or order
    return (
        Party(_("From"), _lines(named.seller_name, order.site, order.site_license)),
        Party(_("To"), _lines(named.buyer_name, order.deliver_to, order.deliver_license)),
    )


def _lines(name: str, place: str, license: str) -> tuple[str, ...]:
    told = _("Licence %(number)s") % {"number": license} if license else _("Licence not on file")
    return (name, place or EMPTY, told)


def _facts(order: Order, terms: str = "") -> list[tuple[str, str]]:
    agreed = terms or order.terms
    facts = [
        (_("Ordered"), _day(order.submitted_at, order.deliver_zone)),
        (_("Delivery"), _window(order)),
        (_("Payment"), str(Due(agreed).label) if agreed in Due.values else EMPTY),
        (_("Your PO"), order.po_number),
        (_("METRC manifest"), order.manifest_number),
    ]
    return [(name, value) for name, value in facts if value and value != EMPTY]


def _billed(bill: Invoice) -> list[tuple[str, str]]:
    due = date_format(bill.due_date, "j M Y") if bill.due_date else _("counted from delivery")
    return [
        (_("Order"), bill.order.number),
        (_("Issued"), _day(bill.issued_at, bill.order.site_zone)),
        (_("Due"), due),
    ]


def _sums(bill: Invoice) -> list[tuple[str, str, bool]]:
    owed = _("Still owed, %(currency)s") % {"currency": bill.currency}
    sums = [(_("Total"), bill.total), (_("Paid"), -bill.paid), (_("Credited"), -bill.credited)]
    told = [(name, money(value, bill.currency), False) for name, value in sums if value or name == _("Total")]
    return [*told, (owed, money(bill.balance, bill.currency), True)]


def _taxed(row: Order | Invoice, lines: list) -> list[tuple[str, str, bool]]:
    """What the goods cost and each tax on them; nothing where none is charged."""
    if not row.tax:
        return []
    told = [(_("Goods"), money(row.subtotal, row.currency), False)]
    return told + [(_rate(one), money(one.amount, row.currency), False) for one in _parts(lines) if one.charged]


def _stated(currency: str, lines: list) -> list[str]:
    """Taxes that the buyer remits itself."""
    words = _("Not charged here: %(tax)s, %(amount)s. The buyer remits it.")
    found = [one for one in _parts(lines) if not one.charged]
    return [words % {"tax": _rate(one), "amount": money(one.amount, currency)} for one in found]


def _parts(lines: list) -> list[taxes.Part]:
    return taxes.parts((line.total, line.taxes) for line in lines)


def _rate(part: taxes.Part) -> str:
    return f"{part.name}, {plain(part.percent)}%"


def _credit(note: CreditNote, currency: str) -> str:
    words = {"number": note.number, "amount": money(note.amount, currency), "reason": note.reason}
    return _("Credit note %(number)s, %(amount)s: %(reason)s") % words


def _priced() -> tuple[Column, ...]:
    return (
        Column(_("SKU"), 0.16),
        Column(_("Product"), 0.4),
        Column(_("Quantity"), 0.14, number=True),
        Column(_("Price each"), 0.14, number=True),
        Column(_("Amount"), 0.16, number=True),
    )


def _line(line, quantity: Decimal, price: Decimal, total: Decimal) -> list[str]:
    return [line.sku, line.name, amount(quantity, line.unit), money(price), money(total)]


def _counts(order: Order, line) -> Decimal:
    line.order = order  # the line asks it, and needn't read it again
    return line.counts


def _picks(order: Order) -> list[list[str]]:
    batches: dict = {}
    tags = compliance.tags_of(order.pk)
    found = Reservation.objects.of(order.pk).filter(state__in=PICKED).select_related("package").order_by("id")
    for one in found:
        batches.setdefault(one.line, []).append(one)
    lines = order.lines.order_by("position")
    return [row for line in lines for row in _of_line(order, line, batches.get(line.pk), tags)]


def _of_line(order: Order, line, picks: list[Reservation] | None, tags: dict) -> list[list[str]]:
    if not picks:
        wanted = _counts(order, line)
        return [[line.sku, line.name, _("not chosen yet"), EMPTY, amount(wanted, line.unit), ""]] if wanted else []
    return [
        [
            line.sku,
            line.name,
            _package(pick.package, tags.get(pick.package.tag)),
            date_format(pick.package.expires_date, "j M y") if pick.package.expires_date else EMPTY,
            amount(pick.quantity, line.unit),
            "",
        ]
        for pick in picks
    ]


def _package(package, new) -> str:
    """A part is packed under its new tag; which package it comes out of stands beside it."""
    if new:
        words = {"tag": new.label, "source": package.tag}
        return " · ".join(filter(None, [package.batch, _("new tag %(tag)s, from %(source)s") % words]))
    return " · ".join(filter(None, [package.batch, package.tag])) or str(package.inventory_id)


def _window(order: Order) -> str:
    if order.deliver_from is None:
        return EMPTY
    start, end = (_local(moment, order.deliver_zone) for moment in (order.deliver_from, order.deliver_until))
    return f"{date_format(start, 'D j M Y')}, {start:%H:%M}\N{EN DASH}{end:%H:%M}"


def _day(moment: datetime | None, zone: str) -> str:
    return EMPTY if moment is None else date_format(_local(moment, zone), "j M Y")


def _local(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone or "UTC"))
