"""What people write about an order: to the other side, or to their own alone."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from apps.core import audit, jobs
from apps.core.errors import Refused
from apps.core.push import push
from apps.orders import rules
from apps.orders.models import Message, Order

from .actors import Actor

LONGEST = 4000


@transaction.atomic
def write(*, order: Order, by: Actor, text: str, now: datetime, internal: bool = False) -> Message:
    """A line in the order's conversation, told to its open pages. Raises Refused 422 `message-empty` or `-too-long`."""
    text = text.strip()
    if not text:
        raise Refused(_("Write something first."), code="message-empty", status=422)
    if len(text) > LONGEST:
        raise Refused(
            _("A message has at most %(n)d characters.") % {"n": LONGEST}, code="message-too-long", status=422
        )
    message = Message.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        at=now,
        author=by.user,
        author_name=by.name,
        organization_id=order.seller_id if by.side == rules.SELLER else order.buyer_id,
        internal=internal,
        text=text,
    )
    audit.record(by, "order.message", order, number=order.number, internal=internal)
    jobs.enqueue("orders.tell_of_message", organization=order.seller_id, message=message.pk)
    push(order.topic, "order.message", number=order.number)
    return message


def read(order: Order, organization) -> list[Message]:
    """What this organization may read of the conversation, oldest first."""
    mine = getattr(organization, "pk", organization)
    return [one for one in order.messages.order_by("id") if not one.internal or one.organization_id == mine]
