"""The seller's review: claim, give back, accept, propose a change, reject."""

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import guards, proposing, stock
from apps.orders.actions.backorders import open_backorder
from apps.orders.actions.moving import Step, add_up
from apps.orders.models import Proposal
from apps.orders.rules import money


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
    _prices(step)
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


def _prices(step: Step) -> None:
    """§3.5: a backorder that waited past its prices' time takes lower ones by itself, and higher ones never."""
    if step.data.get("keep_prices"):
        return
    for key, priced in guards.thawed_prices(step.order, step.lines, step.now).items():
        line = step.line(key)
        told = {"sku": line.sku, "was": str(line.price), "now": str(money.unit_price(priced.unit_price))}
        step.told.setdefault("prices", []).append(told)
        line.price, line.why = money.unit_price(priced.unit_price), priced.why


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
    if step.order.on_short == rules.OnShort.CANCEL_LINE and any(line.accepted for line in short):
        text = _("The retailer wants a line left out where not all of it is there. Accept none of it, or ask.")
        raise Refused(text, code="retailer-must-agree")
    wanted = step.data.get("remainder") == "backorder" and step.order.on_short == rules.OnShort.SHIP_AVAILABLE
    if wanted and (child := open_backorder(step, short)):
        step.told["backorder"] = child.number


def counter(step: Step) -> None:
    """T9: the hold moves to the proposed goods and quantities; the retailer sees a redline and answers. Who proposes
    has it in review, should it come back."""
    guards.claimed_by_another(step.order, step.by, step.data, step.now)
    order = step.order
    proposal = proposing.proposed(step, Proposal.Kind.COUNTER, proposing.other_slot(step))
    order.answer_by, order.reviewer, order.claimed_at = proposal.until, step.by.user, step.now
    stock.hold_again(step, proposing.as_proposed(step.lines, proposal.lines))
    order.hold_expired = False
    step.others |= proposing.goods_of(proposal)
    step.told |= {"proposal": proposal.pk, "total": str(proposal.total)}
    proposing.tell(step, proposal)


def reject(step: Step) -> None:
    """T13."""
    guards.claimed_by_another(step.order, step.by, step.data, step.now)
    order = step.order
    code = step.data.get("reason") or ""
    order.reason_code, order.reason = (code if code in rules.Why.values else rules.Why.OTHER), step.reason
    order.reviewer = order.claimed_at = order.hold_until = None
    stock.release(step)
