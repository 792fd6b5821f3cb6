"""At the retailer's door and after: tracking, delivery, refusal, receipt, dispute, settlement, returns."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.catalog.actions.reserving import as_seller
from apps.core.errors import Refused
from apps.core.look.text import money as amount
from apps.orders import rules
from apps.orders.actions import arriving, billing, guards
from apps.orders.actions.moving import Step, save_lines
from apps.orders.models import Invoice, Order, Photo, Proposal, Return, TrackingEvent
from apps.orders.rules import money, photos
from apps.orders.rules.billing import CLOSED
from apps.orders.rules.hours import DISPUTABLE

from .shipping import note


def track(step: Step) -> None:
    """T23."""
    kind = step.data.get("kind") or TrackingEvent.Kind.NOTE
    expected_at = step.data.get("expected_at")
    event = note(step, kind, str(step.data.get("note") or step.reason), expected_at)
    step.order.expected_at = expected_at or step.order.expected_at
    step.told |= {"kind": event.kind, "text": event.text}


def deliver(step: Step) -> None:
    """T25. Lines not named were received in full; each difference says why."""
    _received(step, most="shipped")
    if not any(line.received for line in step.lines):
        raise Refused(_("Nothing was received. Record it as refused instead."), code="nothing-received", status=422)
    for line in step.lines:
        line.returned = line.shipped - line.received
    step.order.signed_by = str(step.data.get("signed_by") or "")[:200]
    _credit(step, _("Not received at delivery"))
    _due(step)
    note(step, TrackingEvent.Kind.ARRIVED, step.order.signed_by)
    step.told |= {"received": {line.sku: str(line.received) for line in step.lines}, "signed_by": step.order.signed_by}


def refuse_all(step: Step) -> None:
    """T26. The goods stay off the shelf until the POS counts them again."""
    for line in step.lines:
        line.returned, line.received = line.shipped, Decimal(0)
    _credit(step, step.reason or _("Refused at the door"))
    _due(step)


def confirm(step: Step) -> None:
    """T27: quantities are final. An open dispute is settled first."""
    order = step.order
    guards.no_dispute(order)
    before = {line.pk: line.received for line in step.lines}
    _received(step, most="shipped", reasons=False, known=True)
    for line in step.lines:
        line.returned = line.shipped - line.received
    changed = {line.pk: before[line.pk] - line.received for line in step.lines if line.received < before[line.pk]}
    if changed:
        _credit(step, _("Not received, by the retailer's count"), changed)
    arriving.compare(order, step.lines)
    step.told |= {"received": {line.sku: str(line.received) for line in step.lines}}


def dispute(step: Step) -> None:
    """T28."""
    order = step.order
    delivered = order.events.filter(action="deliver").order_by("-id").first()
    if delivered and step.now - delivered.at > DISPUTABLE:
        text = _("A delivery can be disputed for %(n)d hours.") % {"n": DISPUTABLE // timedelta(hours=1)}
        raise Refused(text, code="dispute-overdue")
    for part in step.data.get("lines") or ():
        step.line(part["id"]).note = str(part.get("reason") or step.reason)[:400]
    images = step.data.get("photos") or []
    photos.check(images)
    sides = {"order": order, "seller_id": order.seller_id, "buyer_id": order.buyer_id, "at": step.now}
    for image in images:
        Photo.objects.create(**sides, by=step.by.name, kind=photos.kind_of(image), image=image)
    order.disputed = True
    with as_seller(order.seller_id):
        billing.hold_payment(order=order, by=step.by, now=step.now)
    step.told["photos"] = len(images)
    step.told["lines"] = [str(part["id"]) for part in step.data.get("lines") or ()]


def resolve(step: Step) -> None:
    """T29, proposed: `data.credit` is what the seller gives back."""
    order, credit = step.order, step.data.get("credit") or Decimal(0)
    guards.disputed(order)
    if not 0 <= credit <= _billed(order):
        text = _("At most %(left)s can be credited: what is billed and not credited yet.")
        words = {"left": amount(_billed(order), order.currency)}
        raise Refused(text % words, code="credit-note-too-large", status=422)
    order.proposals.filter(state=Proposal.State.OPEN).update(state=Proposal.State.WITHDRAWN, answered_at=step.now)
    proposal = Proposal.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        kind=Proposal.Kind.SETTLE,
        at=step.now,
        by=step.by.name,
        reason=step.reason or str(step.data.get("reason")),
        total_before=order.total,
        total=order.total - credit,
    )
    step.told |= {"proposal": proposal.pk, "credit": str(credit)}


def _billed(order: Order) -> Decimal:
    """What a credit can still be taken from."""
    invoice = Invoice.objects.standing(order)
    return invoice.total - invoice.credited if invoice and invoice.state not in CLOSED else money.NONE


def settle(step: Step) -> None:
    """T29, agreed."""
    order = step.order
    proposal = guards.open_proposal(order, Proposal.Kind.SETTLE)
    proposal.state, proposal.answered_at = Proposal.State.APPROVED, step.now
    proposal.save(update_fields=["state", "answered_at"])
    credit = proposal.total_before - proposal.total
    if credit:
        _off(step, proposal.reason, amount=credit)
    order.disputed = False
    step.told["credit"] = str(credit)


def ask_return(step: Step) -> None:
    """T30, asked: `data.lines` are `{id, quantity}`; of a line what was received and has not come back, nor was asked
    back, already."""
    guards.returnable(step.order, step.now)
    rows, units, asked_for = [], Decimal(0), _asked_for(step.order)
    for part in step.data.get("lines") or ():
        line = step.line(part["id"])
        left = line.with_buyer - asked_for.get(str(line.pk), 0)
        if not 0 < part["quantity"] <= left:
            raise Refused(_("At most what was received can come back, once."), code="quantity-rule", status=422)
        rows.append({"line": str(line.pk), "quantity": str(part["quantity"])})
        units += part["quantity"]
    if not rows:
        raise Refused(_("Say which lines come back, and how much of them."), code="no-lines", status=422)
    order = step.order
    asked = Return.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        at=step.now,
        reason=step.reason or str(rules.Why(step.data["reason"]).label),  # a credit note says it
        lines=rows,
        units=units,
    )
    step.told["return"] = asked.pk


def _asked_for(order: Order) -> Counter:
    rows = [row for asked in order.returns.filter(state=Return.State.ASKED) for row in asked.lines]
    return sum((Counter({row["line"]: Decimal(row["quantity"])}) for row in rows), Counter())


def answer_return(step: Step) -> None:
    """T30, answered: approved, it is credited."""
    asked = guards.return_asked(step.order)
    approved = bool(step.data.get("approve"))
    asked.state = Return.State.APPROVED if approved else Return.State.REFUSED
    asked.answer = step.reason
    asked.save(update_fields=["state", "answer"])
    if approved:
        back = {step.line(row["line"]).pk: Decimal(row["quantity"]) for row in asked.lines}
        for line in step.lines:
            line.returned = min(line.returned + back.get(line.pk, Decimal(0)), line.shipped)
        _credit(step, asked.reason, back)
    step.told |= {"return": asked.pk, "approved": approved}


def _received(step: Step, *, most: str, reasons: bool = True, known: bool = False) -> None:
    for line in step.lines:
        line.received = line.received if known else getattr(line, most)
    for part in step.data.get("lines") or ():
        line = step.line(part["id"])
        line.received = part["received"]
        if not 0 <= line.received <= getattr(line, most):
            text = _("%(product)s: at most %(n)s was shipped.") % {"product": line.name, "n": line.shipped.normalize()}
            raise Refused(text, code="quantity-rule", status=422)
        line.note = str(part.get("reason") or "")[:400] or line.note
        if reasons and line.received < line.shipped and not part.get("reason"):
            text = _("Say why %(product)s was not received in full.") % {"product": line.name}
            raise Refused(text, code="reason-required", status=422)


def _credit(step: Step, reason: str, quantities: dict | None = None) -> None:
    """A credit note for what did not arrive: shipped and not received, or the quantities given."""
    if quantities is None:
        quantities = {line.pk: line.shipped - line.received for line in step.lines}
    lines = [(line, quantities[line.pk]) for line in step.lines if quantities.get(line.pk, 0) > 0]
    if lines:
        _off(step, reason, lines=lines)


def _off(step: Step, reason: str, **what) -> None:
    """A credit note on the order's invoice: the seller's row, whoever's count it follows."""
    order = step.order
    save_lines(step)
    with as_seller(order.seller_id):
        if invoice := Invoice.objects.standing(order):
            billing.issue_credit(invoice=invoice, reason=reason, by=step.by, now=step.now, **what)
            order.refresh_from_db(fields=["payment"])


def _due(step: Step) -> None:
    """Payment terms run from delivery."""
    order = step.order
    with as_seller(order.seller_id):
        billing.start_terms(order=order, delivered_at=step.now, by=step.by)
        order.refresh_from_db(fields=["payment"])
