"""A list of SKUs and quantities held against a shelf: what is ready, what needs a choice, what is wrong and its fix."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F
from django.db.models.functions import Upper
from django.utils.translation import gettext as _

from apps.accounts.rules import local_date
from apps.catalog.actions.prices import shelf_offers
from apps.catalog.models import ShelfLine
from apps.catalog.prices import Offer
from apps.core.look.text import quantity as plain
from apps.orders.rules import money
from apps.orders.rules.amounts import read_quantity

ERROR, CHOOSE, READY = "error", "choose", "ready"
ALIKE = 80  # least likeness, of 100, of a SKU that is suggested
LOOKALIKES = str.maketrans("OIL", "011", " -_./")


@dataclass(frozen=True)
class Fix:
    """A button: what it says, and what it puts where; `skip` takes the row out."""

    words: str
    field: str
    value: str = ""


@dataclass
class Checked:
    """A row after the check. `text` says what is wrong; `quantity` and `price` stand where they are known."""

    row: Any  # what was sent: number, sku, quantity, cases
    state: str = READY
    text: str = ""
    fixes: list[Fix] = field(default_factory=list)
    shelf: ShelfLine | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None

    @property
    def total(self) -> Decimal | None:
        return None if None in (self.quantity, self.price) else money.line_total(self.quantity, self.price)

    def wrong(self, state: str, text: str, *fixes: Fix) -> "Checked":
        self.state, self.text, self.fixes = state, text, [*fixes, Fix(_("Skip row"), "skip")]
        return self


def check(rows: Iterable[Any], *, place, buyer, now: datetime) -> list[Checked]:
    """Errors first, then choices, then what is ready, each in the order sent. A fixed number of queries."""
    found = [Checked(row) for row in rows]
    shelf = _shelf(place, [one.row.sku for one in found])
    offers = shelf_offers(lines=shelf.values(), buyer=buyer, on=local_date(place.zone, now))
    unknown = [one for one in found if one.row.sku.upper() not in shelf]
    known = _known_skus(place) if unknown else []
    for one in found:
        line = shelf.get(one.row.sku.upper())
        _unknown(one, known) if line is None else _judge(one, line, offers[line.product_id])
    return sorted(found, key=lambda one: (ERROR, CHOOSE, READY).index(one.state))


def _shelf(place, skus: list[str]) -> dict[str, ShelfLine]:
    """By SKU in capitals; of two with one SKU, the one in stock."""
    lines = ShelfLine.objects.offered().filter(location=place).annotate(capitals=Upper("product__sku"))
    wanted = {sku.upper() for sku in skus if sku}
    found = lines.filter(capitals__in=wanted).select_related("product").order_by("quantity", "pk")
    return {line.capitals: line for line in found}


def _known_skus(place) -> list[tuple[str, str]]:
    lines = ShelfLine.objects.offered().filter(location=place).exclude(product__sku="")
    return list(lines.values_list("product__sku", "product__name").order_by(F("product__sku")))


def _unknown(one: Checked, known: list[tuple[str, str]]) -> Checked:
    if not one.row.sku:
        return one.wrong(ERROR, _("The SKU is empty."))
    if one.row.sku[0] in "=@":
        return one.wrong(ERROR, _("This cell holds a formula. Type the SKU itself."))
    if (meant := _nearest(one.row.sku, known)) is None:
        return one.wrong(ERROR, _("No product offered to you has this SKU."))
    sku, name = meant
    text = _("No product has this SKU. Did you mean %(sku)s, %(name)s?") % {"sku": sku, "name": name}
    return one.wrong(ERROR, text, Fix(_("Use %(sku)s") % {"sku": sku}, "sku", sku))


def _nearest(sku: str, known: list[tuple[str, str]]) -> tuple[str, str] | None:
    """The same once letters are read as the digits they look like, else the most alike."""
    from rapidfuzz import fuzz, process

    folded = _folded(sku)
    for one in known:
        if _folded(one[0]) == folded:
            return one
    best = process.extractOne(folded, [_folded(one[0]) for one in known], scorer=fuzz.ratio, score_cutoff=ALIKE)
    return known[best[2]] if best else None


def _folded(sku: str) -> str:
    return sku.upper().translate(LOOKALIKES)


def _judge(one: Checked, line: ShelfLine, offer: Offer) -> Checked:
    one.shelf = line
    try:
        asked = read_quantity(one.row.quantity)
    except ValueError as error:
        return one.wrong(ERROR, str(error))
    one.quantity = asked * offer.multiple if one.row.cases and offer.multiple else asked
    if refused := offer.check(one.quantity):
        nearest = [Fix(plain(n), "quantity", f"{n.normalize():f}") for n in getattr(refused, "nearest", ())]
        return one.wrong(CHOOSE if nearest else ERROR, refused.detail, *nearest)
    one.price = money.unit_price(offer.price(one.quantity).unit_price)
    return _in_stock(one, line, offer)


def _in_stock(one: Checked, line: ShelfLine, offer: Offer) -> Checked:
    left = max(line.available, Decimal(0))
    if left >= one.quantity:
        return one
    if left == 0:
        return one.wrong(CHOOSE, _("Out of stock."))
    text = _("Only %(n)s left; you asked for %(m)s.") % {"n": plain(left), "m": plain(one.quantity)}
    most = left // offer.multiple * offer.multiple if offer.multiple else left
    fixes = [Fix(_("Take %(n)s") % {"n": plain(most)}, "quantity", f"{most.normalize():f}")] if most else []
    return one.wrong(ERROR, text, *fixes)
