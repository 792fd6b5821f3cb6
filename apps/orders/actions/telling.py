"""Tell the people concerned of an order's moves and messages. A job may run twice: nobody hears of a thing twice."""

from datetime import datetime

from django.utils.translation import gettext as _

from apps.accounts.actions.telling import notify
from apps.accounts.rules.told import Kind
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
        return sum(
            _tell(order, side, f"order-event:{row.pk}", kind, title, row.actor, now)
            for side in telling.hearers(row.side)
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
