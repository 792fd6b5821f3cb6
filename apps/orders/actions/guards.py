"""What must be true before goods are promised or leave: asked by verbs, and before them by pages that show why not."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext as _

from apps.accounts.actions.licenses import license_for
from apps.accounts.models import Connection, License
from apps.accounts.rules import Unconfirmed, local_date
from apps.catalog.actions.prices import check
from apps.catalog.prices import Priced
from apps.core.errors import Refused
from apps.core.look.text import money as amount
from apps.core.look.text import when
from apps.core.scope import everyone
from apps.orders import rules
from apps.orders.models import Order, OrderLine, Proposal, Return
from apps.orders.rules import money
from apps.orders.rules.hours import ANSWERED, RETURNABLE
from apps.orders.rules.terms import Due

from .actors import Actor
from .credit import check_credit
from .drafts import prices_now
from .taxes import rates_now
from .terms import terms_of


def has_lines(lines: list[OrderLine]) -> None:
    if not lines:
        raise Refused(_("Add a product first: this order has no lines."), code="no-lines", status=422)


def packs_and_prices(order: Order, lines: list[OrderLine], now: datetime) -> None:
    """Cases, minimums; and the price shown is still the price."""
    found = prices_now(order, lines, now)
    changed = []
    for line in lines:
        offer = found[line.product_id]
        check(offer, line.ordered)
        priced = money.unit_price(offer.price(line.ordered).unit_price)
        if priced != line.price:
            changed.append((line, priced))
    if changed:
        text = _("Prices changed since you looked: %(list)s. Take the new prices, or take the lines out.")
        raise _price_changed(order, changed, text)


def _price_changed(order: Order, changed, text: str, **words) -> Refused:
    told = (
        f"{line.name} {amount(line.price, order.currency)} → {amount(now, order.currency)}" for line, now in changed
    )
    text = text % (words | {"list": ", ".join(told)})
    prices = [{"line": str(line.pk), "sku": line.sku, "was": str(line.price), "now": str(now)} for line, now in changed]
    return Refused(text, code="price-changed", extra={"prices": prices})


def thawed_prices(order: Order, lines: list[OrderLine], now: datetime) -> dict[UUID, Priced]:
    """What a backorder's lines cost today instead, where that is less and the time of its own prices is over. Raises
    Refused `price-changed` where one costs more: that takes the retailer's word."""
    if order.price_until is None or now <= order.price_until:
        return {}
    offers = prices_now(order, lines, now)
    today = {line.pk: offers[line.product_id].price(line.ordered) for line in lines}
    each = {line: money.unit_price(found.unit_price) for line, found in today.items() if found.unit_price is not None}
    if dearer := [(line, each[line.pk]) for line in lines if each.get(line.pk, line.price) > line.price]:
        text = _("Its prices held until %(until)s; since then: %(list)s. Propose the new prices, or keep the old ones.")
        raise _price_changed(order, dearer, text, until=when(order.price_until, order.site_zone, now))
    return {line.pk: today[line.pk] for line in lines if each.get(line.pk, line.price) < line.price}


def rates(order: Order, lines: list[OrderLine], now: datetime) -> None:
    """The taxes shown are still the taxes."""
    found = rates_now(order, lines, now)
    changed = [line for line in lines if line.taxes != found[line.pk]]
    if changed:
        text = _("Taxes changed since you looked, on: %(list)s. Take the new ones, or take the lines out.")
        raise Refused(text % {"list": ", ".join(line.name for line in changed)}, code="price-changed")


def minimum(order: Order) -> None:
    """Of the goods, before tax."""
    refused = terms_of(order).check_minimum(order.subtotal, order.currency)
    if refused:
        raise refused


def credit(order: Order) -> None:
    """Not asked of whoever pays on delivery."""
    agreed = replace(terms_of(order), payment=Due(order.terms))
    between = {"seller": order.seller_id, "buyer": order.buyer_id}
    check_credit(**between, total=order.total, terms=agreed, currency=order.currency)


def confirmed(by: Actor, total: Decimal, currency: str) -> None:
    """What costs a company more than its own limit takes a person who has just shown who they are."""
    limit = by.membership.organization.limit
    if total > limit and not by.fresh:
        extra = {"limit": f"{limit:.2f}", "currency": currency}
        raise Unconfirmed(_("Confirm it is you to continue."), extra=extra)


def connected(order: Order) -> None:
    """What is agreed is carried out; nothing new is agreed by two who trade no more."""
    if not Connection.objects.filter(wholesaler=order.seller_id, retailer=order.buyer_id).exists():
        text = _("%(seller)s and %(buyer)s are no longer connected. This draft can't be submitted.")
        raise Refused(text % {"seller": order.seller_name, "buyer": order.buyer_name}, code="not-connected")


def licenses(order: Order) -> None:
    """Both sites' licences hold on the day of delivery, in each one's own calendar; the order keeps their numbers. Read
    past what either side sees: the order itself is why they are asked for."""
    with everyone("both ends of an order need a licence"):
        words = _("The licence of %(place)s") % {"place": order.deliver_to}
        there = _held(order.location_id, order.deliver_zone, order, words)
        order.deliver_license, order.deliver_state = there.number, there.state
        order.site_license = _held(order.ships_from_id, order.site_zone, order, _("The seller's licence")).number


def _held(place, zone: str, order: Order, words: str) -> License:
    day = local_date(zone, order.deliver_from or order.moved_at)
    found = license_for(place, day)
    if found is None:
        raise _license_refused(place, words, day)
    return found


def _license_refused(place, words: str, day) -> Refused:
    known = License.objects.filter(location=place).order_by("-valid_until_date").first()
    if known:
        text = _(
            "Licence %(number)s expires before delivery on %(date)s. Upload the renewal or pick an earlier day."
        ) % {"number": known.number, "date": day.isoformat()}
    else:
        text = _("%(words)s is not in the registry. Enter it under Licences first.") % {"words": words}
    return Refused(text, code="licence-invalid")


def claimed_by_another(order: Order, by, data: dict, now: datetime) -> None:
    mine = getattr(by.user, "pk", None)
    if order.state != rules.State.REVIEW or order.reviewer_id in (None, mine) or data.get("take_over"):
        return
    name = order.events.filter(action="claim").order_by("-id").values_list("actor_name", flat=True).first() or "?"
    text = _("%(name)s is reviewing this order (since %(time)s). Take over?") % {
        "name": name,
        "time": when(order.claimed_at, order.site_zone, now),
    }
    raise Refused(text, code="claimed", extra={"by": name, "since": order.claimed_at.isoformat()})


def before_cut_off(order: Order, now: datetime) -> None:
    """The retailer's free cancelling ends at the cut-off, or when picking starts."""
    passed = order.cut_off_at is not None and now > order.cut_off_at
    if order.state == rules.State.PREPARING or (order.state == rules.State.ACCEPTED and passed):
        hours = ANSWERED // timedelta(hours=1)
        text = _("Picking has started. Ask us to cancel and we will answer within %(n)d h.") % {"n": hours}
        raise Refused(text, code="past-cutoff")


def no_open_change(order: Order) -> None:
    """Nothing is built on an order as it is while the retailer may still say that it is another."""
    if order.proposals.filter(state=Proposal.State.OPEN).exists():
        text = _("A change is waiting for the retailer's answer already. Wait for it, or withdraw the change.")
        raise Refused(text, code="proposal-open")


def no_open_manifest(order: Order) -> None:
    filed = (rules.Compliance.QUEUED, rules.Compliance.SUBMITTED, rules.Compliance.ACKNOWLEDGED)
    if order.compliance in filed:
        raise Refused(_("The manifest is filed. Void it first."), code="void-first")


def no_dispute(order: Order) -> None:
    if order.disputed:
        raise Refused(_("A dispute is open. Agree to a settlement first."), code="disputed")


def disputed(order: Order) -> None:
    if not order.disputed:
        raise Refused(_("Nothing is disputed."), code="nothing-disputed")


def cancel_requested(order: Order) -> None:
    if not order.cancel_requested:
        raise Refused(_("Nobody asked to cancel this order."), code="nothing-requested")


def not_requested_yet(order: Order) -> None:
    if order.cancel_requested:
        raise Refused(_("You have asked already; the wholesaler has not answered yet."), code="already-requested")


def filed(order: Order) -> None:
    if order.compliance in (rules.Compliance.NOT_REQUIRED, rules.Compliance.VOIDED):
        raise Refused(_("No manifest is filed."), code="no-manifest")


def open_proposal(order: Order, kind: str) -> Proposal:
    found = order.proposals.filter(state=Proposal.State.OPEN, kind=kind).first()
    if found is None:
        raise Refused(_("There is no open proposal to answer."), code="no-proposal")
    return found


def returnable(order: Order, now: datetime) -> None:
    confirmed = order.events.filter(action__in=["confirm", "settle"]).order_by("-id").first()
    if confirmed and now - confirmed.at > RETURNABLE:
        text = _("Goods can be returned for %(n)d days after their receipt.") % {"n": RETURNABLE.days}
        raise Refused(text, code="return-overdue")


def return_asked(order: Order) -> Return:
    found = order.returns.filter(state=Return.State.ASKED).order_by("id").first()
    if found is None:
        raise Refused(_("No return waits for an answer."), code="nothing-requested")
    return found
