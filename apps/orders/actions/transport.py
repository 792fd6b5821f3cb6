"""What a manifest needs of an order: the packages as they were picked, who drives what, and both licences."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.accounts.actions.licenses import license_for
from apps.accounts.models import Organization
from apps.accounts.rules import local_date
from apps.compliance.actions import file_packages, file_transfer
from apps.compliance.models import Driver, Report, Tag, Vehicle
from apps.compliance.rules import TransferLine
from apps.core.errors import Refused
from apps.orders.models import Order

from . import parts
from .moving import Step


def file(step: Step) -> Report:
    """New packages first, then the transfer that names them."""
    order = step.order
    departs_at = step.data.get("departs_at") or order.deliver_from or step.now + timedelta(hours=2)
    arrives_at = step.data.get("arrives_at") or order.deliver_until or departs_at + timedelta(hours=4)
    day = local_date(order.site_zone, departs_at)
    shipper = license_for(order.ships_from_id, day)
    tags = parts.reserve_tags(step)
    lines = packages(step, tags)
    if tags:
        facility = next(iter(tags.values())).facility
        file_packages(
            facility=facility,
            tags=tags.values(),
            version=order.manifest_version,
            deadline=departs_at,
            by=step.by,
            now=step.now,
        )
    return file_transfer(
        organization=order.seller,
        order_number=order.number,
        version=order.manifest_version,
        lines=lines,
        shipper_license=shipper.number if shipper else order.site_license,
        recipient_license=order.deliver_license,
        driver=driver(order.seller, step.data.get("driver")),
        vehicle=vehicle(order.seller, step.data.get("vehicle")),
        departs_at=departs_at,
        arrives_at=arrives_at,
        by=step.by,
        now=step.now,
        recipient=Organization(pk=order.buyer_id),
        recipient_name=_recipient(order),
    )


def _recipient(order: Order) -> str:
    """Company and place, each once."""
    company, place = order.buyer_name, order.deliver_to
    return place if place.startswith(company) else ", ".join(filter(None, [company, place]))


def packages(step: Step, tags: dict[str, Tag]) -> list[TransferLine]:
    """Each package once, with the sum of what goes out of it and its price; a part under its new tag."""
    found = parts.taken(step)
    untagged = [one.item for one in found if not one.tag]
    if untagged:
        text = _("Package %(name)s has no METRC tag. Choose another batch, or give it its tag in the POS.")
        raise Refused(text % {"name": untagged[0].name}, code="manifest-incomplete", status=422)
    return [_line(one, tags.get(one.tag)) for one in found]


def _line(one: parts.Taken, new: Tag | None) -> TransferLine:
    return TransferLine(
        tag=new.label if new else one.tag,
        item=one.item.name,
        quantity=one.quantity,
        unit=new.unit if new else one.item.unit,
        price=one.price.quantize(Decimal("0.01")),
        lab_state=one.item.lab_status,
        source=one.tag if new else "",
    )


def driver(seller, asked: dict | None) -> Driver:
    """A saved one by id, or by name and licence: kept where it is new. Nobody named: the only one there is."""
    rows = Driver.objects.filter(organization=seller, is_active=True)
    if asked and "id" not in asked:
        name, licence = asked["name"].strip(), asked["licence"].strip()
        for one in rows.filter(name=name):
            if one.open()[0] == licence:
                return one
        made = Driver(organization=seller, name=name)
        made.put(licence=licence)
        made.save(force_insert=True)
        return made
    return _saved(rows, asked, _("Name the driver, or choose a saved one."))


def vehicle(seller, asked: dict | None) -> Vehicle:
    """A saved one by id, or by its plate: kept where it is new."""
    rows = Vehicle.objects.filter(organization=seller)
    if asked and "id" not in asked:
        values = {"make": asked.get("make", ""), "model": asked.get("model", "")}
        return rows.get_or_create(organization=seller, plate=asked["plate"].strip(), defaults=values)[0]
    return _saved(rows.filter(is_active=True), asked, _("Name the vehicle, or choose a saved one."))


def _saved(rows, asked: dict | None, missing: str):
    found = rows.filter(pk=asked["id"]) if asked else rows.order_by("created_at")[:2]
    if len(found) != 1:
        raise Refused(missing, code="manifest-incomplete", status=422)
    return found[0]
