"""What a manifest needs of an order: the packages as they were picked, who drives what, and both licences."""

from datetime import timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.accounts.actions.licenses import license_for
from apps.accounts.models import Organization
from apps.accounts.rules import local_date
from apps.catalog.actions import reserving
from apps.compliance.actions.transfers import file_transfer
from apps.compliance.models import Driver, Report, Vehicle
from apps.compliance.rules import TransferLine
from apps.core.errors import Refused

from .moving import Step


def file(step: Step) -> Report:
    order = step.order
    departs_at = step.data.get("departs_at") or order.deliver_from or step.now + timedelta(hours=2)
    arrives_at = step.data.get("arrives_at") or order.deliver_until or departs_at + timedelta(hours=4)
    day = local_date(order.site_zone, departs_at)
    shipper = license_for(order.ships_from_id, day)
    return file_transfer(
        organization=order.seller,
        order_number=order.number,
        version=order.manifest_version,
        lines=packages(step),
        shipper_license=shipper.number if shipper else order.site_license,
        recipient_license=order.deliver_license,
        driver=driver(order.seller, step.data.get("driver")),
        vehicle=vehicle(order.seller, step.data.get("vehicle")),
        departs_at=departs_at,
        arrives_at=arrives_at,
        by=step.by,
        now=step.now,
        recipient=Organization(pk=order.buyer_id),
        recipient_name=f"{order.buyer_name}, {order.deliver_to}",
    )


def packages(step: Step) -> list[TransferLine]:
    """Each package once, with the sum of what goes out of it and its price."""
    prices = {line.pk: line.price for line in step.lines}
    found: dict[int, tuple] = {}
    for pick in reserving.picks(seller=step.order.seller_id, order=step.order.pk):
        item, quantity, price = pick.package, Decimal(0), Decimal(0)
        if item.pk in found:
            item, quantity, price = found[item.pk]
        found[item.pk] = (item, quantity + pick.quantity, price + pick.quantity * prices[pick.line])
    untagged = [item for item, _quantity, _price in found.values() if not item.tag]
    if untagged:
        text = _("Package %(name)s has no METRC tag. Choose another batch, or give it its tag in the POS.")
        raise Refused(text % {"name": untagged[0].name}, code="manifest-incomplete", status=422)
    return [
        TransferLine(
            tag=item.tag,
            item=item.name,
            quantity=quantity,
            unit=item.unit,
            price=price.quantize(Decimal("0.01")),
            lab_state=item.lab_status,
        )
        for item, quantity, price in found.values()
    ]


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
