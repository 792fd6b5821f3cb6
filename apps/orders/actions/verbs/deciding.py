"""The seller's review: claim, give back, accept, propose a change, reject."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import guards, stock
from apps.orders.actions.backorders import open_backorder
from apps.orders.actions.moving import Step, add_up
from apps.orders.actions.terms import terms_of
from apps.orders.models import Proposal
from apps.orders.rules import money, taxes


def claim(step: Step) -> None:
    """T6. Somebody else's order is taken over only when asked so in so many words."""
    guards.claimed_by_another(step.order, step.by, step.data, step.now)
    step.order.reviewer, step.order.claimed_at = step.by.user, step.now


def release(step: Step) -> None:
    """T7."""
    step.order.reviewer = step.order.claimed_at = None


def accept(step: Step) -> None:
    """T8: the hold becomes packages. Less than was ordered only where the retailer allowed it at submit."""
    guards.claimed_by_another(step.order, step.by, step.data, step.now)
    for line in step.lines:
        line.accepted = line.ordered
    for part in step.data.get("lines") or ():
        line = step.line(part["id"])
        line.accepted = part["accepted"]
        if not 0 <= line.accepted <= line.ordered:
            text = _("At most %(n)s of %(product)s was ordered.") % {
                "n": line.ordered.normalize(),
                "product": line.name,
            }
            raise Refused(text, code="quantity-rule", status=422)
    _less(step)
    settle(step)


def settle(step: Step) -> None:
    """Accepted lines get their packages: after `accept`, and after a change was approved."""
    order = step.order
    if not any(line.accepted for line in step.lines):
        raise Refused(_("Nothing is accepted. Reject the order instead."), code="nothing-accepted", status=422)
    order.reviewer = order.claimed_at = order.hold_until = order.answer_by = None
    order.hold_expired = order.short = False
    was, order.state = order.state, rules.State.ACCEPTED  # what counts from here on are accepted quantities
    add_up(order, step.lines)
    order.state = was
    guards.licenses(order)
    if not step.data.get("credit_override"):
        guards.credit(order)
    elif not step.by.may(("orders.credit_override",), order):
        raise Refused(_("Going beyond the credit limit takes somebody of finance."), code="credit-limit")
    stock.allocate(step)
    step.told |= {"total": str(order.total)}


def _less(step: Step) -> None:
    short = [line for line in step.lines if line.accepted < line.ordered]
    if not short:
        return
    if step.order.on_short == rules.OnShort.ASK:
        text = _("The retailer wants to be asked before less is sent. Propose a change instead.")
        raise Refused(text, code="retailer-must-agree")
    if step.data.get("remainder") == "backorder" and step.order.on_short == rules.OnShort.SHIP_AVAILABLE:
        child = open_backorder(step, short)
        step.told["backorder"] = child.number


def counter(step: Step) -> None:
    """T9: the hold moves to the proposed quantities; the retailer sees a redline and answers."""
    guards.claimed_by_another(step.order, step.by, step.data, step.now)
    order = step.order
    proposal = proposed(step, Proposal.Kind.COUNTER)
    order.answer_by = proposal.until
    stock.hold_again(step, {step.line(row["line"]).pk: Decimal(row["quantity"]) for row in proposal.lines})
    order.hold_expired = False
    step.told |= {"proposal": proposal.pk, "total": str(proposal.total)}


def proposed(step: Step, kind: str) -> Proposal:
    """The change as a row: every line, with what it would be. Raises Refused `nothing-changed`."""
    changes = {str(step.line(part["id"]).pk): part for part in step.data.get("lines") or ()}
    rows, total, differs = [], [], False
    for line in step.lines:
        part = changes.get(str(line.pk), {})
        quantity, price = part.get("quantity", line.counts), part.get("price", line.price)
        if quantity is None or quantity < 0 or price is None or price < 0:
            raise Refused(_("Quantities and prices are not negative."), code="quantity-rule", status=422)
        differs = differs or (quantity, price) != (line.counts, line.price)
        rows.append({"line": str(line.pk), "quantity": str(quantity), "price": str(price)})
        cost = money.line_total(quantity, price)
        total.append(cost + taxes.charged(cost, line.taxes))
    if not differs:
        raise Refused(_("Nothing differs from the order as it is."), code="nothing-changed", status=422)
    order = step.order
    hours = terms_of(order).answer_hours
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
        total=money.total(total),
        until=step.now + timedelta(hours=hours),
    )


def reject(step: Step) -> None:
    """T13."""
    guards.claimed_by_another(step.order, step.by, step.data, step.now)
    order = step.order
    code = step.data.get("reason") or ""
    order.reason_code, order.reason = (code if code in rules.Why.values else rules.Why.OTHER), step.reason
    order.reviewer = order.claimed_at = order.hold_until = None
    stock.release(step)
