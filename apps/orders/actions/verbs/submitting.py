"""From a draft to an offer: the retailer submits its own, the seller proposes one of its making."""

from datetime import timedelta

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.actions import guards, stock
from apps.orders.actions.drafts import reprice
from apps.orders.actions.moving import Step, add_up
from apps.orders.actions.slots import check_slot, ends_of, first_open_slot
from apps.orders.actions.terms import terms_of
from apps.orders.models import Proposal
from apps.orders.rules.hours import business_hours_after
from apps.orders.rules.terms import Due


def submit(step: Step) -> None:
    """T4. Defaults where `data` says nothing: the first open slot, the seller's terms, `on_short` ask."""
    _ready(step)
    order, terms = step.order, terms_of(step.order)
    guards.confirmed(step.by, order.total, order.currency)
    order.submitted_at = step.now
    order.terms_read_by = str(step.data.get("signed_by") or step.by.name)[:200]
    order.hold_until = business_hours_after(step.now, terms.hold_hours, order.site_zone)
    order.hold_expired = order.short = False


def propose(step: Step) -> None:
    """T5: a draft of the seller's goes to the retailer for approval, held meanwhile."""
    _ready(step)
    order, terms = step.order, terms_of(step.order)
    order.submitted_at = step.now
    order.answer_by = step.now + timedelta(hours=terms.answer_hours)
    Proposal.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        at=step.now,
        by=step.by.name,
        reason=step.reason or _("An order made for you."),
        lines=[{"line": str(line.pk), "quantity": str(line.ordered), "price": str(line.price)} for line in step.lines],
        total_before=order.total,
        total=order.total,
        until=order.answer_by,
    )


def hold(step: Step) -> None:
    """§3.5: what a backorder waited for is there, and is held as if it were submitted now. It never ships by itself."""
    order = step.order
    if not (order.backorder_of_id and order.hold_expired):
        raise Refused(_("Only a backorder that waits is held again."), code="illegal-transition")
    stock.hold(step)
    order.hold_until = business_hours_after(step.now, terms_of(order).hold_hours, order.site_zone)
    order.hold_expired = order.short = False


def _ready(step: Step) -> None:
    """Everything features §3.3 T4 asks; then the goods are held."""
    order, data = step.order, step.data
    guards.has_lines(step.lines)
    guards.connected(order)
    if data.get("accept_prices"):
        reprice(step)
    guards.packs_and_prices(order, step.lines, step.now)
    guards.rates(order, step.lines, step.now)
    add_up(order, step.lines)
    guards.minimum(order)
    _slot(step)
    _terms(step)
    guards.licenses(order)
    guards.credit(order)
    stock.hold(step)
    step.told |= {"total": str(order.total), "lines": len(step.lines), "terms": order.terms}


def _slot(step: Step) -> None:
    order, day = step.order, step.data.get("deliver_date")
    between = ends_of(order) | {"now": step.now}
    slot = check_slot(**between, day=day, starts=step.data.get("deliver_starts")) if day else first_open_slot(**between)
    if slot:
        order.deliver_from, order.deliver_until = slot.starts_at, slot.ends_at
        order.cut_off_at = terms_of(order).cut_off(slot.starts_at, slot.cutoff_at)


def _terms(step: Step) -> None:
    order = step.order
    agreed = terms_of(order)
    wanted = step.data.get("terms") or agreed.payment
    if wanted not in (Due.COD, agreed.payment):
        raise Refused(_("These payment terms were not agreed with you."), code="terms-unknown", status=422)
    order.terms = str(wanted)
    if choice := step.data.get("on_short"):
        order.on_short = rules.OnShort(choice)
