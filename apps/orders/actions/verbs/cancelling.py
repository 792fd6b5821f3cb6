"""Ways out before the goods leave: deleted, cancelled, asked to be cancelled; and a hold that runs out."""

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import effects, guards, parts, stock
from apps.orders.actions.moving import Step, transition
from apps.orders.models import Proposal

from .answering import answered


def delete(step: Step) -> None:
    """T3: out of sight, kept with its events."""
    if step.order.backorder_of_id:
        raise Refused(_("A backorder is cancelled, not deleted."), code="illegal-transition")
    step.order.deleted_at = step.now


def cancel(step: Step) -> None:
    """T14, T17: the retailer until the cut-off, the seller any time before it ships, the house when nobody came."""
    order = step.order
    if step.by.side == rules.BUYER:
        guards.before_cut_off(order, step.now)
    guards.no_open_manifest(order)
    code = step.data.get("reason") or ""
    order.reason_code, order.reason = (code if code in rules.Why.values else ""), step.reason
    order.cancelled_by, order.cancel_requested = step.by.side, False
    order.reviewer = order.claimed_at = order.hold_until = order.answer_by = None
    for proposal in order.proposals.filter(state=Proposal.State.OPEN):
        answered(step, proposal.kind, Proposal.State.WITHDRAWN)
    stock.release(step)
    if order.state == rules.State.PREPARING:
        parts.give_back(step)
    if not step.data.get("keep_backorders"):
        _with_backorders(step)


def _with_backorders(step: Step) -> None:
    """What of the order still waits for stock ends with it, unless it is kept; what was agreed on since stands."""
    said = {name: step.data[name] for name in ("reason", "text") if step.data.get(name)}
    for child in step.order.backorders.filter(state__in=effects.ENDS_TOO).order_by("pk"):
        transition(order=child, action="cancel", by=step.by, now=step.now, data=said)
        step.told.setdefault("backorders", []).append(child.number)


def request_cancel(step: Step) -> None:
    """T17b."""
    guards.not_requested_yet(step.order)
    step.order.cancel_requested = True


def refuse_cancel(step: Step) -> None:
    """T17b, answered with no. Yes is `cancel`."""
    guards.cancel_requested(step.order)
    step.order.cancel_requested = False


def hold_expire(step: Step) -> None:
    """T15: nobody took it up in time, so its goods are free again; the order still stands."""
    if step.order.hold_expired or not step.order.hold_until or step.now < step.order.hold_until:
        raise Refused(_("The hold has not run out."), code="illegal-transition")
    step.order.hold_expired, step.order.hold_until = True, None
    stock.release(step)
