"""A change as a row until the retailer answers: every line as it would be, with other goods and another delivery."""

from copy import copy
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from apps.catalog.models import ShelfLine
from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders.models import Order, OrderLine, Proposal
from apps.orders.rules import money, taxes
from apps.orders.rules.slots import Slot

from .drafts import offered, prices_now
from .moving import Step
from .slots import check_slot, ends_of
from .taxes import rates_now
from .terms import terms_of

GOODS = ("product_id", "shelf_line_id", "sku", "name", "unit")
NOTE = 400  # a line's note has no more room
TRAIL = ("shelf", "list", "tier")  # of a price's steps those that stay true where another was agreed on


def proposed(step: Step, kind: str, slot: Slot | None = None) -> Proposal:
    """`data.lines` are `{id, quantity?, price?, substitute?}`, the last a SKU. Raises Refused `nothing-changed`, and as
    `substitutes` does."""
    changes = {str(step.line(part["id"]).pk): part for part in step.data.get("lines") or ()}
    others = substitutes(step, [part for part in changes.values() if part.get("substitute")])
    rows = [_row(line, changes.get(str(line.pk), {}), others.get(line.pk)) for line in step.lines]
    if not slot and not any(_differs(line, row) for line, row in zip(step.lines, rows, strict=True)):
        raise Refused(_("Nothing differs from the order as it is."), code="nothing-changed", status=422)
    if not any(Decimal(row["quantity"]) for row in rows):
        raise Refused(_("Nothing would be left. End the order instead."), code="nothing-accepted", status=422)
    order = step.order
    until = step.now + timedelta(hours=terms_of(order).answer_hours)
    return Proposal.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        kind=kind,
        at=step.now,
        by=step.by.name,
        reason=step.reason or str(step.data.get("reason")),
        lines=rows,
        total_before=order.total,
        total=money.total(_cost(line) for line in as_proposed(step.lines, rows)),
        until=min(until, slot.cutoff_at) if slot else until,
        **_when(slot),
    )


def _when(slot: Slot | None) -> dict:
    if slot is None:
        return {}
    return {"deliver_from": slot.starts_at, "deliver_until": slot.ends_at, "cut_off_at": slot.cutoff_at}


def other_slot(step: Step) -> Slot | None:
    """The delivery that `data.deliver_date` and `deliver_starts` ask for; None for none, or the one there is."""
    day, order = step.data.get("deliver_date"), step.order
    if not day:
        return None
    slot = check_slot(**ends_of(order), day=day, starts=step.data.get("deliver_starts"), now=step.now)
    return None if (slot.starts_at, slot.ends_at) == (order.deliver_from, order.deliver_until) else slot


def substitutes(step: Step, parts: list[dict]) -> dict[UUID, OrderLine]:
    """By line, a copy of it with the goods of that SKU, at today's price and taxes for this buyer. Raises Refused
    `unknown-sku` for what is not offered at the site, `on-order-already` for what the order has."""
    if not parts:
        return {}
    order = step.order
    shelf = offered(order, [part["substitute"] for part in parts])
    taken = {line.product_id for line in step.lines}
    found = [_instead(step.line(part["id"]), part["substitute"], shelf, taken, order.site) for part in parts]
    offers, taxed = prices_now(order, found, step.now), rates_now(order, found, step.now)
    for line, part in zip(found, parts, strict=True):
        priced = offers[line.product_id].price(part.get("quantity", line.counts))
        line.price, line.why, line.taxes = money.unit_price(priced.unit_price), priced.why, taxed[line.pk]
    return {line.pk: line for line in found}


def _instead(line: OrderLine, sku: str, shelf: dict[str, ShelfLine], taken: set, site: str) -> OrderLine:
    other = shelf.get(sku)
    if other is None:
        text = _("Nothing that %(site)s offers this retailer has the SKU %(sku)s.") % {"site": site, "sku": sku}
        raise Refused(text, code="unknown-sku", status=400, errors={"substitute": [text]})
    if other.product_id in taken:
        text = _("%(product)s is on the order already. Change its quantity instead.")
        raise Refused(text % {"product": other.product.name}, code="on-order-already", status=422)
    taken.add(other.product_id)
    found = copy(line)
    found.product_id, found.shelf_line_id = other.product_id, other.pk
    found.sku, found.name, found.unit = sku, other.product.name, other.unit
    return found


def _row(line: OrderLine, part: dict, other: OrderLine | None) -> dict:
    quantity, price = part.get("quantity", line.counts), part.get("price", (other or line).price)
    if quantity is None or quantity < 0 or price is None or price < 0:
        raise Refused(_("Quantities and prices are not negative."), code="quantity-rule", status=422)
    row = {"line": str(line.pk), "quantity": str(quantity), "price": str(price)}
    if other is None:
        return row
    if quantity == 0:
        raise Refused(_("Say how much of the substitute is proposed."), code="quantity-rule", status=422)
    goods = {name: str(getattr(other, name)) for name in GOODS}
    return row | {"substitute": goods | {"taxes": other.taxes, "why": other.why}}


def _differs(line: OrderLine, row: dict) -> bool:
    return "substitute" in row or (Decimal(row["quantity"]), Decimal(row["price"])) != (line.counts, line.price)


def _cost(line: OrderLine) -> Decimal:
    """With its tax, of all that is `ordered`."""
    cost = money.line_total(line.ordered, line.price)
    return cost + taxes.charged(cost, line.taxes)


def as_proposed(lines: list[OrderLine], rows: list[dict]) -> list[OrderLine]:
    """Copies of the lines with the proposed goods, quantities (as `ordered`) and prices."""
    by_id = {str(line.pk): line for line in lines}
    return [_copied(by_id[row["line"]], row) for row in rows if row["line"] in by_id]


def _copied(line: OrderLine, row: dict) -> OrderLine:
    found = copy(line)
    found.ordered, found.price = Decimal(row["quantity"]), Decimal(row["price"])
    _give(found, row.get("substitute"))
    return found


def _give(line: OrderLine, goods: dict | None) -> None:
    """The line becomes one of these goods."""
    for name, value in (goods or {}).items():
        setattr(line, name, UUID(value) if name in ("product_id", "shelf_line_id") else value)


def take_over(step: Step, proposal: Proposal) -> None:
    """Give the order what was proposed; how much was asked first stays readable as `ordered`. Of a substitute none was:
    its line says what it stands for."""
    for row in proposal.lines:
        line, goods = step.line(row["line"]), row.get("substitute")
        if goods:
            line.note = f"in place of {plain(line.ordered)} × {line.name}"[:NOTE]
            _give(line, goods)
            line.ordered = Decimal(row["quantity"])
            line.save(update_fields=[name.removesuffix("_id") for name in GOODS])
        line.why = _why(line, Decimal(row["price"]))
        line.accepted, line.price = Decimal(row["quantity"]), Decimal(row["price"])
        line.ordered = max(line.ordered, line.accepted)
    if proposal.deliver_from:
        _deliver(step.order, proposal)


def _why(line: OrderLine, price: Decimal) -> list[dict]:
    """How the line's price came about, where another than its trail leads to was agreed on."""
    pays = next((Decimal(one["price"]) for one in line.why if one["step"] == "pays"), line.price)
    if money.unit_price(pays) == price:
        return line.why
    return [*(one for one in line.why if one["step"] in TRAIL), {"step": "agreed", "price": f"{price:f}"}]


def _deliver(order: Order, proposal: Proposal) -> None:
    order.deliver_from, order.deliver_until = proposal.deliver_from, proposal.deliver_until
    order.cut_off_at = proposal.cut_off_at


def delivered(order: Order, proposal: Proposal) -> Order | None:
    """The order as it would be delivered; None where that stays as it is."""
    if proposal.deliver_from is None:
        return None
    other = copy(order)
    _deliver(other, proposal)
    return other


def tell(step: Step, proposal: Proposal) -> None:
    """What of it a timeline says besides: which goods would stand for which, and when they would come."""
    names = {str(line.pk): line.name for line in step.lines}
    swaps = [
        {"was": names[row["line"]], "now": row["substitute"]["name"]} for row in proposal.lines if "substitute" in row
    ]
    if swaps:
        step.told["substitutes"] = swaps
    if proposal.deliver_from:
        step.told |= {name: getattr(proposal, name).isoformat() for name in ("deliver_from", "deliver_until")}


def goods_of(proposal: Proposal) -> set[UUID]:
    """The products that stand in for others."""
    return {UUID(row["substitute"]["product_id"]) for row in proposal.lines if "substitute" in row}
