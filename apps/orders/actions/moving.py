"""The one way an order moves: lock, ask who and when, let the verb do its part, and write what happened."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import audit, jobs
from apps.core.crossing import once_more
from apps.core.errors import Refused
from apps.core.look.text import when
from apps.core.push import push
from apps.orders import rules
from apps.orders.models import Order, OrderEvent, OrderLine
from apps.orders.rules import money, taxes
from apps.orders.rules.story import happened

from .actors import Actor

MOVES_STOCK = {"submit", "propose", "accept", "counter", "approve", "decline", "withdraw", "lapse", "reject"}
MOVES_STOCK |= {"hold", "hold_expire", "cancel", "approve_amend", "short_pick", "prepare", "ship", "void_ship"}
MOVING = (
    "ordered",
    "accepted",
    "backordered",
    "shipped",
    "received",
    "returned",
    "price",
    "why",
    "total",
    "taxes",
    "tax",
    "note",
)
DID = {
    "accept": gettext_lazy("accepted"),
    "counter": gettext_lazy("proposed a change to"),
    "reject": gettext_lazy("rejected"),
    "cancel": gettext_lazy("cancelled"),
}


@dataclass
class Step:
    """What a verb has in hand. It changes `order` and `lines`, adds to `told` what the event keeps, may set `to`."""

    order: Order
    move: rules.Move
    by: Actor
    now: datetime
    data: dict[str, Any]
    to: str
    lines: list[OrderLine]
    told: dict[str, Any] = field(default_factory=dict)
    kept: dict[Any, tuple] = field(default_factory=dict)  # lines' values as they are in the table
    others: set[UUID] = field(default_factory=set)  # products it moved that are none of its lines'

    def __post_init__(self):
        self.kept = {line.pk: _values(line) for line in self.lines}

    @property
    def reason(self) -> str:
        return str(self.data.get("text") or "").strip()

    def line(self, key) -> OrderLine:
        """The line of that id. Raises Refused 400 for one that is not this order's."""
        for line in self.lines:
            if str(line.pk) == str(key):
                return line
        raise Refused(_("This order has no such line."), code="unknown-line", status=400)


def transition(
    *, order: Order, action: str, by: Actor, now: datetime, version: int | None = None, data: dict | None = None
) -> Order:
    """Move an order. `version` is what the actor saw; None only where nobody looked (the house's own moves).

    Raises PermissionDenied for the wrong role, Refused as features §3.4 lists it, and changes nothing then. Where two
    moves waited for each other, the one that PostgreSQL sent away is made once more.
    """
    return once_more(lambda: _moved(order.pk, rules.MOVES[action], by, now, version, data))


def _moved(pk: UUID, move: rules.Move, by: Actor, now: datetime, version: int | None, data: dict | None) -> Order:
    from .verbs import VERBS

    with transaction.atomic():
        row = Order.objects.locked(pk)
        _may_begin(row, move, by, version)
        lines = [] if row.lines_count == 0 else list(row.lines.order_by("position"))
        for line in lines:
            line.order = row
        step = Step(row, move, by, now, dict(data or {}), move.to or row.state, lines)
        _reasoned(step)
        VERBS[move.action](step)
        finish(step)
    return row


def finish(step: Step) -> OrderEvent:
    """Write the order, its event, its audit record, and tell the open pages and the people concerned."""
    order, was = step.order, step.order.state
    order.state = step.to
    order.version += 1
    order.moved_at = step.now
    add_up(order, step.lines)
    save_lines(step)
    order.save()
    event = OrderEvent.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        version=order.version,
        at=step.now,
        action=step.move.action,
        from_state=was,
        to_state=order.state,
        actor=step.by.user,
        actor_name=step.by.name,
        side=step.by.side,
        reason_code=str(step.data.get("reason") or "") if step.data.get("reason") in rules.Why.values else "",
        reason=step.reason,
        data=step.told,
    )
    if step.move.action != "edit":
        jobs.enqueue("orders.tell_people", organization=order.seller_id, event=event.pk)
        audit.record(
            step.by, f"order.{step.move.action}", order, number=order.number, state=order.state, version=order.version
        )
    announce(order, step.move.action)
    if step.move.action in MOVES_STOCK:
        _stock_moved(order, {line.product_id for line in step.lines} | step.others)
    return event


def _stock_moved(order: Order, products: set[UUID]) -> None:
    """What is left for others changed. Open shelves hear of it after the commit, so that no two orders wait for each
    other's news; a short order's goods are looked at again."""
    told = {"run": None, "count": len(products), "products": sorted(map(str, products))}
    transaction.on_commit(lambda: push(f"inventory.{order.ships_from_id}", "stock.changed", **told), robust=True)
    if order.short:
        jobs.enqueue("orders.recheck_short", key=str(order.pk), organization=order.seller_id, order=order.pk)


def announce(order: Order, action: str) -> None:
    """To the order's page, and to the lists of both sides; a draft to its maker's alone."""
    told = {"number": order.number, "state": order.state, "version": order.version, "action": action}
    push(order.topic, "order.changed", **told)
    for side in sorted({str(order.seller_id), str(order.buyer_id)}):
        push(f"orders.{side}", "order.changed", **told)


def add_up(order: Order, lines: list[OrderLine]) -> None:
    """Lines' totals and the order's own, from the quantities that count now. Saves nothing."""
    if order.state in (rules.State.CANCELLED, rules.State.REJECTED):
        return
    for line in lines:
        line.total = money.line_total(line.counts, line.price)
        line.tax = taxes.charged(line.total, line.taxes)
    order.tax = money.total(line.tax for line in lines)
    order.total = money.total(line.total for line in lines) + order.tax
    order.units = sum((line.counts for line in lines), Decimal(0))
    order.lines_count = len(lines)


def save_lines(step: Step) -> None:
    """Those that changed since they were read or last saved."""
    changed = [line for line in step.lines if step.kept.get(line.pk) != _values(line)]
    if changed:
        OrderLine.objects.bulk_update(changed, MOVING)
        step.kept |= {line.pk: _values(line) for line in changed}


def _values(line: OrderLine) -> tuple:
    return tuple(getattr(line, name) for name in MOVING)


def refusal_of(order: Order, move: rules.Move, by: Actor) -> Refused | None:
    """Why this move cannot even begin now, or None. Roles are asked elsewhere."""
    if order.state in move.source:
        return None
    if move.decides and (decided := _decided(order)) and decided.actor_id != getattr(by.user, "pk", None):
        text = _("%(name)s %(did)s this order at %(time)s. Reload to see it.") % {
            "name": decided.actor_name,
            "did": DID.get(decided.action, decided.action),
            "time": when(decided.at, order.deliver_zone),
        }
        return Refused(text, code="already-decided", extra={"by": decided.actor_name, "at": decided.at.isoformat()})
    allowed = [one for one in rules.moves_of(order.state, by.side) if by.may(one.permissions[by.side], order)]
    words = ", ".join(str(one.words).lower() for one in allowed) or _("nothing more with it")
    text = _("This order is %(state)s. You can: %(allowed)s.") % {
        "state": order.get_state_display().lower(),
        "allowed": words,
    }
    extra = {"from": order.state, "action": move.action, "allowed": [one.action for one in allowed]}
    return Refused(text, code="illegal-transition", extra=extra)


def _decided(order: Order) -> OrderEvent | None:
    decisions = [move.action for move in rules.MOVES.values() if move.decides] + ["cancel"]
    return order.events.filter(action__in=decisions).order_by("-id").first()


def may_try(order: Order, move: rules.Move, by: Actor) -> bool:
    return move.open_to(by.side) and by.may(move.permissions[by.side], order)


def _may_begin(order: Order, move: rules.Move, by: Actor, version: int | None) -> None:
    if not may_try(order, move, by):
        raise PermissionDenied
    refused = refusal_of(order, move, by)
    if refused and refused.code == "already-decided":
        raise refused
    if version is not None and version != order.version:
        raise stale(order)
    if refused:
        raise refused


def stale(order: Order) -> Refused:
    last = order.events.order_by("-id").first()
    summary = f"{last.actor_name}, {str(happened(last.action)).lower()}" if last else ""
    text = _("The order changed while you were looking: %(summary)s. Review and try again.") % {"summary": summary}
    return Refused(text, code="version-mismatch", status=412, extra={"version": order.version})


def _reasoned(step: Step) -> None:
    cancelling = step.move.action == "cancel" and step.by.side == rules.SELLER
    code = step.data.get("reason") or ""
    if (step.move.needs_reason or cancelling) and not (code or step.reason):
        other = _("retailer") if step.by.side == rules.SELLER else _("wholesaler")
        text = _("Give a reason. The %(other)s will see it.") % {"other": other}
        raise Refused(text, code="reason-required", status=422, errors={"reason": [text]})
    if code and code not in rules.Why.values:  # words of one's own in place of a code
        step.data["text"] = " ".join(filter(None, [str(code), step.reason]))
