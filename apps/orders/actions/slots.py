"""When a seller's location can deliver to a buyer's."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from apps.accounts.models import Location
from apps.orders.models import DeliveryRule, Order
from apps.orders.rules import slots as rules
from apps.orders.rules.slots import DAYS, Slot


def ends_of(order: Order) -> dict[str, Location]:
    """Both ends as the order keeps them: neither side reads all of the other's locations."""
    return {
        "seller_location": Location(pk=order.ships_from_id, organization_id=order.seller_id, zone=order.site_zone),
        "buyer_location": Location(pk=order.location_id, organization_id=order.buyer_id, zone=order.deliver_zone),
    }


def slots_for(*, seller_location: Location, buyer_location: Location, now: datetime, days: int = DAYS) -> list[Slot]:
    """Every slot of the location's rounds that serve the buyer, in order; the same window of two rounds is one slot,
    with the later cut-off. No rounds: no slots. One query."""
    rounds = DeliveryRule.objects.reaching(location=seller_location, buyer=buyer_location.organization_id)
    return _merged(rounds, seller_location.zone, now, days)


def slots_by_place(*, places: Iterable[Location], buyer: UUID, now: datetime) -> dict[UUID, list[Slot]]:
    """The same of several sellers' locations, by their ids; those without rounds are left out. One query."""
    zones = {place.pk: place.zone for place in places}
    rounds: dict = defaultdict(list)
    for row in DeliveryRule.objects.reaching(location__in=zones, buyer=buyer):
        rounds[row.location_id].append(row)
    return {place: _merged(rows, zones[place], now, DAYS) for place, rows in rounds.items()}


def _merged(rounds: Iterable[DeliveryRule], zone: str, now: datetime, days: int) -> list[Slot]:
    found: dict = {}
    for row in rounds:
        for slot in rules.slots(row.plain(zone), now, days):
            held = found.get((slot.date, slot.window))
            if held is None or held.cutoff_at < slot.cutoff_at:
                found[slot.date, slot.window] = slot
    return sorted(found.values())


def first_open_slot(*, seller_location: Location, buyer_location: Location, now: datetime) -> Slot | None:
    """The first that can still be ordered for; None where the seller has written no rounds, or all are closed."""
    return rules.first_open(slots_for(seller_location=seller_location, buyer_location=buyer_location, now=now))


def check_slot(
    *, seller_location: Location, buyer_location: Location, day: date, now: datetime, starts: time | None = None
) -> Slot:
    """The asked slot, its first open window where no start is named. Raises Refused `slot-closed` or `slot-unknown`,
    naming the first that is free."""
    found = slots_for(seller_location=seller_location, buyer_location=buyer_location, now=now)
    return rules.chosen(found, day, starts)
