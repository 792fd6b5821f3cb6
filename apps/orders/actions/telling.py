"""Tell the people concerned of an order's moves and messages. A job may run twice: nobody hears of a thing twice."""

from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.actions.telling import notify
from apps.accounts.models import Notification
from apps.accounts.rules.told import Kind
from apps.core.look.text import when
from apps.core.scope import everyone
from apps.orders import rules
from apps.orders.models import Message, Order, OrderEvent
from apps.orders.rules import telling


def tell_of_event(*, event: int, now: datetime) -> int:
    """How many notifications that made."""
    with everyone("telling people of an order"):
        row = OrderEvent.objects.select_related("order__seller", "order__buyer", "actor").get(pk=event)
        if row.action not in telling.TOLD:
            return 0
        order, (kind, words) = row.order, telling.TOLD[row.action]
        who = {rules.SELLER: order.seller_name, rules.BUYER: order.buyer_name}.get(row.side, "ReUp")
        title = words % {"who": who, "number": order.number}
        event = f"order-event:{row.pk}"
        told = sum(_tell(order, side, event, kind, title, row.actor, now) for side in telling.hearers(row.side))
        return told + (_tell_packers(order, event, row.actor, now) if _was_packed(row) else 0)


def _was_packed(row: OrderEvent) -> bool:
    return row.from_state == rules.State.PREPARING and row.to_state == rules.State.CANCELLED


def _tell_packers(order: Order, event: str, but, now: datetime) -> int:
    """Whoever packed it has goods to put back (features T17)."""
    words = _("Order %(number)s is cancelled. What was packed for it goes back to the shelf.")
    return notify(
        organization=order.seller,
        permissions=telling.PACKERS,
        location=order.ships_from_id,
        event=f"{event}:unpack",
        kind=Kind.ORDER_END,
        title=words % {"number": order.number},
        path=f"/portal/orders/{order.number}/",
        now=now,
        but=but,
    )


def tell_of_message(*, message: int, now: datetime) -> int:
    with everyone("telling people of a message"):
        row = Message.objects.select_related("order__seller", "order__buyer", "organization", "author").get(pk=message)
        order = row.order
        wrote = rules.SELLER if row.organization_id == order.seller_id else rules.BUYER
        sides = (wrote,) if row.internal else telling.hearers(wrote)
        title = _("%(who)s wrote about order %(number)s.") % {"who": row.author_name, "number": order.number}
        event = f"order-message:{row.pk}"
        return sum(_tell(order, side, event, Kind.ORDER_MESSAGE, title, row.author, now) for side in sides)


def tell_of_late(*, now: datetime) -> int:
    """Orders that wait for the seller longer than they should (features §6.3), told to who leads the desk, once; how
    many notifications that made. In a scope that sees everyone."""
    waiting = Q(state=rules.State.PENDING) | Q(disputed=True) | Q(cancel_requested=True)
    rows = Order.objects.filter(waiting, deleted_at=None, moved_at__lte=now - timedelta(minutes=30))
    rows = rows.exclude(state__in=rules.ENDED).select_related("seller").order_by("-moved_at")[:500]
    late = {f"order-late:{order.pk}:{order.version}": order for order in rows if (order.seen_to_by() or now) < now}
    told = set(Notification.objects.filter(event__in=late).values_list("event", flat=True))
    return sum(_tell_lead(order, event, now) for event, order in late.items() if event not in told)


def _tell_lead(order: Order, event: str, now: datetime) -> int:
    words = _("Order %(number)s of %(who)s has waited for you since %(since)s.")
    told = {"number": order.number, "who": order.buyer_name, "since": when(order.moved_at, order.site_zone, now)}
    return notify(
        organization=order.seller,
        permissions=telling.LEAD,
        location=order.ships_from_id,
        event=event,
        kind=Kind.ORDER_NEW,
        title=words % told,
        path=f"/portal/orders/{order.number}/",
        now=now,
    )


def _tell(order: Order, side: str, event: str, kind: Kind, title: str, but, now: datetime) -> int:
    selling = side == rules.SELLER
    return notify(
        organization=order.seller if selling else order.buyer,
        permissions=telling.PEOPLE[side],
        location=order.ships_from_id if selling else order.location_id,
        event=event,
        kind=kind,
        title=title,
        path=f"/portal/orders/{order.number}/",
        now=now,
        but=but,
    )
