"""What METRC shows of a delivery (features T25–T27): an order on its way arrives as the receiver's licence took it; one
that people have counted stays as they said, and both counts stand side by side at the desk."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import as_seller
from apps.compliance import actions as compliance
from apps.compliance.models import Transfer
from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders import rules
from apps.orders.models import Order, OrderLine

from .actors import HOUSE
from .moving import transition
from .parts import tags_of

log = structlog.get_logger(__name__)
COUNTED = (rules.State.DELIVERED, rules.State.CONFIRMED, rules.State.RETURNED)
KIND = "receipt"  # of a difference between METRC and us
ZERO = Decimal(0)


def note_received(*, order_number: str, transfer: int, now: datetime) -> None:
    """METRC shows that the transfer was received. News may come twice or late; in the seller's scope."""
    order = Order.objects.filter(number=order_number).first()
    if order is None:
        return
    found = _counted(order, Transfer.objects.get(pk=transfer))
    if found is not None and order.state == rules.State.SHIPPED:
        _arrived(order, found, now)
    compare(order, list(order.lines.order_by("position")))


def compare(order: Order, lines: list[OrderLine]) -> None:
    """The order's receipt beside METRC's, where both are known: a difference is a task for the seller's people."""
    with as_seller(order.seller_id):
        transfers = Transfer.objects.filter(direction=Transfer.Direction.OUTGOING, order_number=order.number)
        transfer = transfers.filter(is_voided=False).exclude(received_at=None).select_related("facility").last()
        found = _counted(order, transfer) if transfer else None
        if found is None or order.state not in COUNTED:
            return
        differ = [line for line in lines if line.received != found.get(line.pk, ZERO)]
        if not differ:
            compliance.agree(facility=transfer.facility, kind=KIND, subjects=[order.number])
            return
        ours = ", ".join(f"{line.sku} {plain(line.received)}" for line in differ)
        theirs = ", ".join(f"{line.sku} {plain(found.get(line.pk, ZERO))}" for line in differ)
        between = {"facility": transfer.facility, "kind": KIND, "subject": order.number}
        compliance.note_difference(**between, ours=ours, theirs=theirs)


def _arrived(order: Order, found: dict[UUID, Decimal], now: datetime) -> None:
    """Delivered as METRC counts it, or all of it refused. Where somebody was first, what he said stands."""
    reason = _("By METRC's record of the receipt")
    lines = [{"id": line, "received": amount, "reason": reason} for line, amount in found.items()]
    action, data = ("deliver", {"lines": lines}) if any(found.values()) else ("refuse_all", {"text": reason})
    try:
        transition(order=order, action=action, by=HOUSE, now=now, data=data)
    except Refused as refused:
        log.info("order_stayed", order=order.number, action=action, why=refused.code)
    order.refresh_from_db()


def _counted(order: Order, transfer: Transfer) -> dict[UUID, Decimal] | None:
    """How much of each line was received; None while METRC doesn't say it of every package. Where METRC counts in other
    units than we do, the share of the package that was taken counts."""
    shares = {one.label: one.share_received for one in transfer.packages.all()}
    tags, by_label = tags_of(order), defaultdict(list)
    for pick in reserving.picks(seller=order.seller_id, order=order.pk):
        packed = tags.get(pick.package.tag)
        by_label[packed.label if packed else pick.package.tag].append(pick)
    if not by_label or any(shares.get(label) is None for label in by_label):
        return None
    found: dict[UUID, Decimal] = defaultdict(lambda: ZERO)
    for label, picks in by_label.items():
        left = (sum((pick.quantity for pick in picks), ZERO) * shares[label]).quantize(Decimal("0.0001"))
        for pick in picks:  # what is missing is missing of the lines that come last
            part = min(pick.quantity, left)
            found[pick.line], left = found[pick.line] + part, left - part
    return dict(found)
