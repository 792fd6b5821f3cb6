"""What happens because time passed: holds, claims, answers and receipts that nobody saw to. Each order in its own
transaction; one that moved meanwhile says no by itself."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import structlog
from django.db.models import Q

from apps.core.errors import Refused
from apps.core.scope import scope
from apps.orders import rules
from apps.orders.models import Order
from apps.orders.rules.hours import CLAIM_IDLE, DISPUTABLE

from .actors import HOUSE
from .moving import transition

log = structlog.get_logger(__name__)
UNTOUCHED = timedelta(days=7)  # five business days and the weekend between
S = rules.State


def move_on(now: datetime) -> int:
    """Make every move that is due; how many were made. In a scope that sees everyone."""
    return sum(_try(order, action, now, data) for order, action, data in due(now))


def due(now: datetime) -> Iterator[tuple[Order, str, dict]]:
    open_orders = Order.objects.filter(deleted_at=None)
    held = Q(state=S.PENDING, hold_until__lte=now, hold_expired=False)
    questions = [
        (held, "hold_expire", {}),
        (Q(state=S.PENDING, hold_expired=True, moved_at__lte=now - UNTOUCHED, backorder_of=None), "cancel", UNSEEN),
        (Q(state=S.REVIEW, claimed_at__lte=now - CLAIM_IDLE, moved_at__lte=now - CLAIM_IDLE), "release", {}),
        (Q(state=S.COUNTERED, answer_by__lte=now), "lapse", {}),
        (Q(state=S.DELIVERED, disputed=False, moved_at__lte=now - DISPUTABLE), "confirm", {}),
    ]
    for question, action, data in questions:
        for order in open_orders.filter(question).order_by("moved_at")[:500]:
            yield order, action, data


UNSEEN = {"text": "Nobody took the order up in five business days."}


def _try(order: Order, action: str, now: datetime, data: dict) -> bool:
    try:
        with scope(order.seller_id):
            transition(order=order, action=action, by=HOUSE, now=now, version=order.version, data=data)
    except Refused as refused:
        log.info("order_stayed", order=order.number, action=action, why=refused.code)
        return False
    return True
