"""A retailer's deliveries day by day: what is on its way, and for which rounds it can still order, until when."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib import messages as notes
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from apps.accounts.models import Location
from apps.accounts.rules import local_date
from apps.core.errors import Refused
from apps.core.look.text import when
from apps.orders.actions.slots import check_slot, slots_by_place
from apps.orders.forms.drafts import read_slot, wholesale_places
from apps.orders.models import Order, finding
from apps.orders.rules.slots import Slot

from . import asking, drafts
from .submitting import wish

MOST = 200  # orders under way; a page of more days than that helps nobody


@dataclass
class Row:
    """A window of a day: the round it belongs to and where it starts, where there is one, and the orders that come."""

    starts_at: datetime
    ends_at: datetime
    zone: str
    slot: Slot | None = None
    place: Location | None = None
    orders: list[Order] = field(default_factory=list)

    @property
    def told(self) -> bool:
        """A round that can't be ordered for any more, and brings nothing, is left out."""
        return bool(self.orders) or self.slot.open


@require_safe
@asking.members
def listing(request: HttpRequest):
    if request.organization.sells:
        notes.info(request, _("Deliveries are the retailers' page. What they ordered of you stands below."))
        return redirect("orders:list")
    now, topic = timezone.now(), f"orders.{request.organization.pk}"
    seq = asking.seq_of(topic)
    orders = list(finding.under_way(finding.orders_of(request.user, request.organization))[:MOST])
    places = list(wholesale_places())
    rows = _rows(orders, places, slots_by_place(places=places, buyer=request.organization.pk, now=now))
    context = {"days": _days(rows, now), "open_days": any(row.slot and row.slot.open for row in rows)}
    context |= {"undated": [order for order in orders if order.deliver_from is None], "places": places, "now": now}
    context |= {"topic": topic, "seq": seq, "fragment": request.path, "may_buy": asking.may_buy(request)}
    part = request.headers.get("X-Fragment")
    return render(request, "orders/_deliveries.html" if part else "orders/deliveries.html", context)


def _rows(orders: list[Order], places: list[Location], slots: dict) -> list[Row]:
    """Each round's window with its orders; an order whose round is not there any more has a row of its own."""
    rows: dict[tuple, Row] = {}
    for place in places:
        for slot in slots.get(place.pk, ()):
            key = (place.pk, slot.starts_at, slot.ends_at)
            rows[key] = Row(slot.starts_at, slot.ends_at, place.zone, slot, place)
    for order in orders:
        if order.deliver_from:
            key = (order.ships_from_id, order.deliver_from, order.deliver_until)
            rows.setdefault(key, Row(order.deliver_from, order.deliver_until, order.deliver_zone)).orders.append(order)
    return sorted((row for row in rows.values() if row.told), key=lambda row: row.starts_at)


def _days(rows: list[Row], now: datetime) -> list[tuple[date, str, list[Row]]]:
    """By day, each with a word for it where it has one."""
    found = defaultdict(list)
    for row in rows:
        found[local_date(row.zone, row.starts_at)].append(row)
    return [(day, _word((day - local_date(mine[0].zone, now)).days), mine) for day, mine in sorted(found.items())]


def _word(ahead: int) -> str:
    if ahead < 0:
        return _("Was planned")
    return {0: _("Today"), 1: _("Tomorrow")}.get(ahead, "")


@require_POST
@asking.buyers
def add(request: HttpRequest):
    """To the catalog, with a draft that goes by this round: the current one of the place, or a new one."""
    if not asking.may_buy(request):
        raise PermissionDenied
    place = wholesale_places().filter(slug=request.POST.get("place", "")).first()
    try:
        day, starts = read_slot(request.POST.get("slot", ""))
        to = _own_place(request)
        if place is None:
            raise ValueError
        slot = check_slot(seller_location=place, buyer_location=to, day=day, starts=starts, now=timezone.now())
    except (ValueError, Refused) as error:
        notes.error(request, getattr(error, "detail", _("Choose one of the delivery slots.")))
        return redirect("deliveries:list")
    draft = _draft(request, place, to)
    request.session[finding.chosen_key(place)] = draft.number
    wish(request, draft, slot)
    words = {"draft": draft.title or draft.number, "slot": slot, "until": when(slot.cutoff_at, place.zone)}
    notes.success(request, _("Draft %(draft)s is for %(slot)s. Submit it by %(until)s.") % words)
    return redirect(f"{reverse('catalog:list')}?location={place.slug}")


def _own_place(request: HttpRequest) -> Location:
    found = request.place or request.organization.locations.order_by("created_at").first()
    if found is None:
        raise Refused(_("Your company has no location yet, so there is nowhere to deliver to."), code="no-location")
    return found


def _draft(request: HttpRequest, place: Location, to: Location) -> Order:
    mine = finding.drafts_at(request.user, request.organization, place)
    found = finding.current_draft(mine, request.session.get(finding.chosen_key(place)))
    return found or drafts.opened(request, place, to)
