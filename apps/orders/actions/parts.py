"""Which of an order's packages leave only in part: METRC moves whole packages, so each part becomes one of its own,
under a tag reserved while the order is prepared."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import as_seller
from apps.catalog.models import StockItem
from apps.catalog.rules import STATE_UNITS
from apps.compliance import actions as compliance
from apps.compliance.models import Facility, Package, Tag
from apps.compliance.rules import Part
from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders.models import Order

from .moving import Step

HERE = (Package.Place.ACTIVE, Package.Place.ON_HOLD)
ZERO = Decimal(0)


@dataclass(frozen=True)
class Taken:
    """So much of the package of this METRC tag, at the order's prices; `item` is one of the POS's rows of it."""

    item: StockItem
    quantity: Decimal
    price: Decimal

    @property
    def tag(self) -> str:
        return self.item.tag


def taken(step: Step) -> list[Taken]:
    """Each package once, however many lines take of it and however many rows the POS keeps of it."""
    prices = {line.pk: line.price for line in step.lines}
    found: dict[str | int, Taken] = {}
    for pick in reserving.picks(seller=step.order.seller_id, order=step.order.pk):
        key, price = pick.package.tag or pick.package_id, pick.quantity * prices[pick.line]
        before = found.get(key, Taken(pick.package, ZERO, ZERO))
        found[key] = Taken(before.item, before.quantity + pick.quantity, before.price + price)
    return list(found.values())


def reserve_tags(step: Step, chosen: Mapping[str, str] | None = None) -> dict[str, Tag]:
    """A tag for each part, by the source's; what no longer fits is given back. `chosen` are staff's own tags by the
    source's. A site that reports nothing to METRC needs none. Refused as `compliance.reserve` says, for a unit that
    METRC doesn't count in (`units-differ`), and where METRC counts less than the order takes (`metrc-has-less`)."""
    order, chosen = step.order, dict(chosen or {})
    with as_seller(order.seller_id):
        facility = _facility(order)
        parts = _parts(facility, step, chosen) if facility else []
        _none_left(chosen)
        if facility is None:
            return {}
        tags = compliance.reserve(facility=facility, order=order.pk, order_number=order.number, parts=parts, by=step.by)
    if tags:
        step.told["tags"] = [{"tag": tag.label, "source": tag.source, "quantity": str(tag.quantity)} for tag in tags]
    return {tag.source: tag for tag in tags}


def _parts(facility: Facility, step: Step, chosen: dict[str, str]) -> list[Part]:
    """Takes out of `chosen` what it uses."""
    found = (_part(facility, step.order, one, chosen.pop(one.tag, "")) for one in taken(step) if one.tag)
    return [part for part in found if part]


def still_here(step: Step) -> None:
    """T18: METRC shows none of the packages as on its way or used up at this licence. What it was not read to have is
    unknown, and filing will tell."""
    order = step.order
    with as_seller(order.seller_id):
        facility = _facility(order)
        if facility is None:
            return
        packed = Tag.objects.filter(facility=facility, order=order.pk, state=Tag.State.USED).values("source")
        tags = [one.tag for one in taken(step) if one.tag]
        away = Package.objects.filter(facility=facility, label__in=tags).exclude(place__in=HERE)
        if gone := away.exclude(label__in=packed).first():
            text = _("METRC shows package %(tag)s as %(place)s. Choose another batch.")
            words = {"tag": gone.label, "place": gone.get_place_display().lower()}
            raise Refused(text % words, code="metrc-not-here")


def give_back(step: Step) -> None:
    """The order takes nothing any more. Before it is prepared it has no tags, whoever ends it."""
    order = step.order
    with as_seller(order.seller_id):
        if facility := _facility(order):
            compliance.give_back(facility=facility, order=order.pk, order_number=order.number, by=step.by)


def tags_of(order: Order) -> dict[str, Tag]:
    return compliance.tags_of(order.pk)


def free_tags(order: Order) -> int | None:
    """How many tags lie unused where it ships from; None where nothing is reported to METRC."""
    facility = _facility(order)
    return facility and Tag.objects.filter(facility=facility, state=Tag.State.FREE).count()


def _none_left(chosen: dict[str, str]) -> None:
    if chosen:
        raise Refused(_("No package of this order needs that tag."), code="tag-not-needed", status=422)


def _facility(order: Order) -> Facility | None:
    found = Facility.objects.reported().filter(location=order.ships_from_id)
    return found.select_related("location", "organization").first()


def _part(facility: Facility, order: Order, one: Taken, chosen: str) -> Part | None:
    """None where all of the package goes. What this order packed already stays a part: its source holds less since."""
    packed = Tag.objects.filter(facility=facility, order=order.pk, source=one.tag, quantity=one.quantity).first()
    if packed and packed.state == Tag.State.USED:
        return _as_part(one, packed.unit, chosen)
    holds, unit = _holds(facility, one)
    if one.quantity > holds:
        raise _less(one, holds, unit)
    if one.quantity == holds:
        if chosen:
            raise Refused(
                _("All of package %(tag)s goes: it needs no other tag.") % {"tag": one.tag},
                code="tag-not-needed",
                status=422,
            )
        return None
    if not unit:
        raise _no_unit(one)
    return _as_part(one, unit, chosen)


def _as_part(one: Taken, unit: str, chosen: str) -> Part:
    return Part(source=one.tag, item=one.item.name, quantity=one.quantity, unit=unit, tag=chosen)


def _holds(facility: Facility, one: Taken) -> tuple[Decimal, str]:
    """How much is in the package, and METRC's unit for it: by METRC's books where they were read, for METRC moves what
    they say; else by the POS. The unit is "" where the two don't count alike: a part can't be said then."""
    unit = STATE_UNITS.get(one.item.unit.lower(), "")
    book = Package.objects.filter(facility=facility, label=one.tag, place__in=HERE).first()
    if book and book.unit == unit:
        return book.quantity, unit
    rows = StockItem.objects.present().filter(location=one.item.location_id, tag=one.tag)
    counted = sum((row.quantity for row in rows), ZERO)
    return max(counted, one.quantity), "" if book else unit


def _less(one: Taken, holds: Decimal, unit: str) -> Refused:
    text = _(
        "METRC counts %(holds)s %(unit)s in package %(tag)s, and the order takes %(takes)s. Choose another batch, or"
        " set the difference right first."
    )
    words = {"holds": plain(holds), "unit": unit, "tag": one.tag, "takes": plain(one.quantity)}
    return Refused(text % words, code="metrc-has-less")


def _no_unit(one: Taken) -> Refused:
    text = _(
        "METRC and the POS count package %(tag)s in different units (the POS in “%(unit)s”), so no part of it can be"
        " packed. Send all of it, or choose another batch."
    )
    return Refused(text % {"tag": one.tag, "unit": one.item.unit or _("units")}, code="units-differ")
