"""What could not be sent now, as an order of its own that waits for stock (features §3.5)."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from apps.accounts.rules import local_date
from apps.catalog.actions.prices import offers
from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders import rules
from apps.orders.models import Order, OrderEvent, OrderLine
from apps.orders.rules.hours import FROZEN

from .actors import HOUSE
from .drafts import products_of
from .moving import Step, add_up, announce, transition

AT_ONCE = 200


def open_backorder(step: Step, short: list[OrderLine]) -> Order | None:
    """One child order with the remainders, PENDING and without a hold, at its parent's prices for thirty days. What is
    less than the least the product is sold in is dropped, with a note on the line; None where that is all of it."""
    parent, left = step.order, _sellable(step, short)
    if not left:
        return None
    child = Order.objects.get(pk=parent.pk)
    child.pk = None
    child._state.adding = True
    values = {
        "number": Order.objects.next_number(),
        "state": rules.State.PENDING,
        "version": 1,
        "backorder_of": parent,
        "title": "",
    }
    values |= {"hold_until": None, "hold_expired": True, "reviewer": None, "claimed_at": None, "deliver_from": None}
    values |= {"deliver_until": None, "cut_off_at": None, "moved_at": step.now, "submitted_at": parent.submitted_at}
    values |= {"price_until": step.now + FROZEN}
    for name, value in values.items():
        setattr(child, name, value)
    child.pk = uuid4()
    child.save(force_insert=True)
    kept = [_copy(child, line) for line in left]
    for line in kept:
        line.order = child
    add_up(child, kept)
    OrderLine.objects.bulk_update(kept, ["total", "tax"])
    child.save()
    OrderEvent.objects.create(
        order=child,
        seller_id=child.seller_id,
        buyer_id=child.buyer_id,
        version=1,
        at=step.now,
        action="backorder",
        from_state="",
        to_state=child.state,
        actor=step.by.user,
        actor_name=step.by.name,
        side=step.by.side,
        data={"parent": parent.number},
    )
    announce(child, "backorder")
    return child


def _sellable(step: Step, short: list[OrderLine]) -> list[OrderLine]:
    day = local_date(step.order.site_zone, step.now)
    between = {"seller": step.order.seller_id, "buyer": step.order.buyer_id}
    found = offers(**between, products=products_of(short), on=day)
    kept = []
    for line in short:
        rest = line.ordered - line.accepted
        if found[line.product_id].pack.check(line.name, rest):  # its price is its parent's
            line.note = _("%(n)s not sent: less than a case") % {"n": plain(rest)}
            continue
        line.backordered = rest
        kept.append(line)
    return kept


def _copy(child: Order, line: OrderLine) -> OrderLine:
    return OrderLine.objects.create(
        order=child,
        seller_id=child.seller_id,
        buyer_id=child.buyer_id,
        position=line.position,
        product_id=line.product_id,
        shelf_line_id=line.shelf_line_id,
        sku=line.sku,
        name=line.name,
        unit=line.unit,
        ordered=line.backordered,
        price=line.price,
        why=line.why,
        taxes=line.taxes,
    )


def hold_arrived(*, seller: UUID, location: UUID, products: list, now: datetime) -> int:
    """Hold for the backorders that wait for these products what came, all of an order's lines or none: first come,
    first served, by when their parents were submitted. How many were held. Once an order: whose hold then ran out is
    the desk's to accept or to cancel. In the seller's scope."""
    lines = OrderLine.objects.filter(product__in=products).values("order")
    waiting = oldest_first().filter(seller=seller, ships_from=location, pk__in=lines)
    held = OrderEvent.objects.filter(order=OuterRef("pk"), action="hold")
    return sum(_held(order, now) for order in waiting.exclude(Exists(held))[:AT_ONCE])


def _held(order: Order, now: datetime) -> bool:
    try:
        transition(order=order, action="hold", by=HOUSE, now=now, version=order.version)
    except Refused:
        return False
    return True


def oldest_first():
    """Backorders that wait for stock, by when their parents were submitted."""
    waiting = Order.objects.filter(backorder_of__isnull=False, state=rules.State.PENDING, hold_expired=True)
    return waiting.order_by(F("submitted_at").asc(nulls_last=True), "number")
