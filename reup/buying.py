"""What a retailer's home shows: what waits for its people, most urgent first, its open orders and what arrives."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from apps.accounts.models import License
from apps.accounts.rules import WARN_DAYS, LicenseStatus, local_date
from apps.compliance import incoming
from apps.core.look.text import money, span, when
from apps.orders.actions.credit import credits_of
from apps.orders.models import Invoice, Order, OrderEvent, Proposal, finding
from apps.orders.rules import ENDED, State
from apps.orders.rules.billing import InvoiceState
from apps.orders.rules.hours import DISPUTABLE

from .spending import spent

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Need:
    """`due` sorts; `left` is the time there is still, empty when it is over."""

    icon: str
    tone: str
    title: str | Promise
    text: str | Promise
    due: datetime
    told: str
    left: str
    url: str
    act: str | Promise


def buying(request, now: datetime) -> dict:
    mine = finding.orders_of(request.user, request.organization)
    counts = finding.counts(mine)
    running = mine.exclude(state__in=[*ENDED, State.DRAFT])
    week = running.filter(deliver_from__gte=now - timedelta(hours=12), deliver_from__lt=now + WEEK)
    needs = [*_answers(mine, now), *_receipts(mine, now), *_arrivals(request, now)]
    needs += [*_bills(request, now), *_licenses(request, now)]
    return {
        "needs": sorted(needs, key=lambda need: need.due),
        "open_orders": list(running.order_by("-moved_at")[:8]),
        "arriving": list(week.order_by("deliver_from")[:6]),
        "open_count": sum(n for state, n in counts.items() if state not in ENDED and state != State.DRAFT),
        "draft_count": counts.get(State.DRAFT, 0),
        "waiting_count": sum(counts.get(state, 0) for state in finding.FOR_BUYER),
        "credit": _credit(request.organization),
        "spent": spent(request, now),
    }


def _credit(buyer) -> dict | None:
    """What is left of all limits together; None where no seller set one."""
    found = credits_of(buyer)
    limit = sum(one.limit for one in found)
    if not limit:
        return None
    left = sum(one.available for one in found)
    return {"limit": limit, "left": left, "used_percent": round(100 * (limit - left) / limit)}


def _need(icon, tone, title, text, due, zone, now, *, url, act) -> Need:
    left = (due - now).total_seconds()
    return Need(icon, tone, title, text, due, when(due, zone, now), span(left) if left > 0 else "", url, act)


def _order(order: Order, page: str = "orders:detail") -> str:
    return reverse(page, args=[order.number])


def _answers(mine, now: datetime):
    """Proposals that wait for an answer."""
    waiting = Proposal.objects.filter(state=Proposal.State.OPEN, order__in=mine).select_related("order")
    for one in waiting:
        order, change = one.order, one.total - one.total_before
        words = {"who": order.seller_name, "total": money(one.total, order.currency), "why": one.reason}
        text = _("%(who)s: “%(why)s” Total %(total)s.") % words
        title = _("Approve the changes to order %(n)s") % {"n": order.number}
        if not change and order.drafted_by != "retailer":
            title = _("Approve order %(n)s, made for you") % {"n": order.number}
        due = one.until or now
        yield _need(
            "swap", "warn", title, text, due, order.deliver_zone, now, url=_order(order), act=_("Review changes")
        )


def _receipts(mine, now: datetime):
    """What arrived and is not confirmed yet."""
    arrived = mine.filter(state=State.DELIVERED, disputed=False)
    told = OrderEvent.objects.filter(order__in=arrived, action="deliver").values_list("order_id", "at")
    at = dict(told)
    for order in arrived:
        delivered = at.get(order.pk, order.moved_at)
        words = {"at": when(delivered, order.deliver_zone, now)}
        text = _("Delivered %(at)s. Without an answer it confirms by itself.") % words
        title = _("Confirm what arrived with order %(n)s") % {"n": order.number}
        due = delivered + DISPUTABLE
        url = _order(order, "orders:receive")
        yield _need("pin", "accent", title, text, due, order.deliver_zone, now, url=url, act=_("Check the lines"))


ARRIVALS = {  # what is to be done with a transfer: icon, tone, title, act
    "count": ("box", "accent", _l("Check what came with manifest %(n)s"), _l("Check the packages")),
    "press": ("person", "warn", _l("Receive manifest %(n)s in METRC"), _l("See what to press")),
    "differs": ("swap", "bad", _l("METRC has another answer to manifest %(n)s"), _l("Compare both")),
    "refused": ("cross-circle", "bad", _l("METRC refused the receipt of manifest %(n)s"), _l("See why")),
}


def _arrivals(request, now: datetime):
    """Transfers that METRC shows on their way, for who may receive them."""
    if not incoming.may_receive(request.membership):
        return
    for one in incoming.waiting(request.membership, now):
        if one.standing not in ARRIVALS or not incoming.may_receive(request.membership, one.transfer.facility):
            continue
        icon, tone, title, act = ARRIVALS[one.standing]
        words = {"who": one.transfer.shipper_name or one.transfer.shipper_license, "n": one.packages}
        text = _("%(n)s packages from %(who)s. They stay in quarantine until METRC shows them received.") % words
        url, zone = reverse("compliance:receive", args=[one.transfer.pk]), one.transfer.facility.location.zone
        yield _need(icon, tone, title % {"n": one.transfer}, text, one.due_at, zone, now, url=url, act=act)


def _bills(request, now: datetime):
    """Invoices past their day."""
    late = Invoice.objects.filter(buyer=request.organization, state=InvoiceState.OVERDUE).select_related("order")
    for invoice in late.order_by("due_date")[:5]:
        zone = invoice.order.deliver_zone
        words = {"amount": money(invoice.balance, invoice.order.currency), "day": invoice.due_date.isoformat()}
        text = _("%(amount)s was due on %(day)s.") % words
        due = now - timedelta(days=(local_date(zone, now) - invoice.due_date).days)
        title = _("Invoice %(n)s is overdue") % {"n": invoice.number}
        url = reverse("invoices:detail", args=[invoice.pk])
        yield _need("paper", "bad", title, text, due, zone, now, url=url, act=_("Open the invoice"))


def _licenses(request, now: datetime):
    """Licences that end soon: orders for a day after it are refused."""
    soon = now.date() + timedelta(days=WARN_DAYS[0])
    held = License.objects.filter(organization=request.organization, status=LicenseStatus.ACTIVE)
    for one in held.filter(valid_until_date__lte=soon, valid_until_date__gte=now.date()).select_related("location"):
        due = now + timedelta(days=(one.valid_until_date - local_date(one.location.zone, now)).days)
        title = _("Licence %(n)s ends soon") % {"n": one.number}
        text = _("Orders for delivery after %(day)s will be refused.") % {"day": one.valid_until_date.isoformat()}
        url, zone = reverse("settings:licenses"), one.location.zone
        yield _need("key", "warn", title, text, due, zone, now, url=url, act=_("Enter the renewal"))
