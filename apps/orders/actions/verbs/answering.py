"""The retailer's answer to a proposed change; and what happens when none comes."""

from django.utils.translation import gettext as _

from apps.accounts.rules import Side
from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import guards, proposing, stock
from apps.orders.actions.moving import Step
from apps.orders.models import Proposal

from .deciding import settle

Kind = Proposal.Kind


def approve(step: Step) -> None:
    """T10: what was proposed becomes the order, and is accepted at once."""
    proposal = in_time(step, answered(step, Kind.COUNTER, Proposal.State.APPROVED))
    confirmed(step, proposal)
    proposing.tell(step, proposal)
    proposing.take_over(step, proposal)
    settle(step)


def in_time(step: Step, proposal: Proposal) -> Proposal:
    if proposal.until and step.now > proposal.until:
        raise Refused(_("The time to answer has passed. Ask the wholesaler for a new offer."), code="answer-overdue")
    return proposal


def confirmed(step: Step, proposal: Proposal) -> None:
    """More than the retailer submitted, or an order of the seller's making, is confirmed as a submission is."""
    theirs = step.order.drafted_by != Side.RETAILER and proposal.kind == Kind.COUNTER
    if theirs or proposal.total > proposal.total_before:
        guards.confirmed(step.by, proposal.total, step.order.currency)


def decline(step: Step) -> None:
    """T11: back to the review of the original, or the end of it. An order the seller made has no original."""
    answered(step, Kind.COUNTER, Proposal.State.DECLINED)
    keep = bool(step.data.get("keep", True)) and step.order.drafted_by == Side.RETAILER
    _back(step) if keep else _end(step, rules.BUYER)


def withdraw(step: Step) -> None:
    """T12, by the seller. An amendment or a short pick withdrawn leaves the order as it was accepted."""
    if step.order.state != rules.State.COUNTERED:
        answered(step, Kind.AMEND, Proposal.State.WITHDRAWN)
        return
    answered(step, Kind.COUNTER, Proposal.State.WITHDRAWN)
    _back(step) if step.order.drafted_by == Side.RETAILER else _end(step, rules.SELLER)


def lapse(step: Step) -> None:
    """T12, at the deadline."""
    answered(step, Kind.COUNTER, Proposal.State.LAPSED)
    _back(step) if step.order.drafted_by == Side.RETAILER else _end(step, rules.SYSTEM)


def answered(step: Step, kind: str, state: str) -> Proposal:
    proposal = guards.open_proposal(step.order, kind)
    proposal.state, proposal.answered_at = state, step.now
    proposal.save(update_fields=["state", "answered_at"])
    step.told["proposal"] = proposal.pk
    step.others |= proposing.goods_of(proposal)
    return proposal


def _back(step: Step) -> None:
    """To the review, holding what was ordered first; where that is no longer there the order is marked short. The goods
    and the delivery that were proposed never became the order's."""
    step.to, step.order.answer_by = rules.State.REVIEW, None
    step.order.claimed_at = step.order.claimed_at or step.now
    try:
        stock.hold_again(step)
    except Refused:
        stock.release(step)
        step.order.short = True


def _end(step: Step, side: str) -> None:
    step.to, step.order.cancelled_by, step.order.answer_by = rules.State.CANCELLED, side, None
    stock.release(step)
