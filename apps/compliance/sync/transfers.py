"""Transfers: what others send here, what METRC registered of ours, what came back."""

from collections.abc import Iterator
from functools import partial

import structlog
from django.utils import timezone

from apps.compliance.actions import proving, receiving, topic_of
from apps.compliance.events import transfer_seen
from apps.compliance.models import Facility, Package, Report, Transfer, TransferPackage
from apps.compliance.rules import Kind
from apps.core.push import push
from apps.gateways.base import GatewayError
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import DeliveryPackage
from apps.gateways.metrc.payloads import Transfer as Row

from .forward import read_on

log = structlog.get_logger(__name__)
Direction = Transfer.Direction


def read(way: str, metrc: Metrc, facility: Facility) -> Iterator[None]:
    """One direction."""
    return read_on(facility, f"transfers/{way}", partial(_read, metrc, way), partial(_write, facility, way))


def _read(metrc: Metrc, way: str, since, until) -> list[tuple[Row, list[DeliveryPackage]]]:
    """Each transfer with its packages; an outgoing one's deliveries have to be asked for."""
    return [(row, _packages(metrc, way, row)) for row in metrc.transfers(way, since, until)]


def _packages(metrc: Metrc, way: str, row: Row) -> list[DeliveryPackage]:
    stops = [row.delivery_id] if way == Direction.INCOMING and row.delivery_id else _stops(metrc, row)
    return [package for stop in stops for package in metrc.delivery_packages(stop)]


def _stops(metrc: Metrc, row: Row) -> list[int]:
    return [delivery.id for delivery in metrc.deliveries(row.id)]


def _write(facility: Facility, way: str, rows: list[tuple[Row, list[DeliveryPackage]]]) -> None:
    for row, packages in rows:
        transfer, is_news = _kept(facility, way, row)
        TransferPackage.objects.filter(transfer=transfer).delete()
        TransferPackage.objects.bulk_create({one.package_label: _package(transfer, one) for one in packages}.values())
        order = _proven(transfer)
        if is_news:
            _tell(facility, transfer, order)
    if way == Direction.INCOMING:
        _received(facility)


def _kept(facility: Facility, way: str, row: Row) -> tuple[Transfer, bool]:
    now = timezone.now()
    own = {"facility": facility, "direction": way, "metrc_id": row.id}
    old = Transfer.objects.filter(**own).values_list("modified_at", "manifest_number", "is_voided").first()
    modified = row.last_modified or now
    values = {
        "organization_id": facility.organization_id,
        "delivery_id": row.delivery_id,
        "manifest_number": row.manifest_number[:40],
        "name": row.name[:200],
        "template_id": row.originating_template_id or None,
        "shipper_license": row.shipper_facility_license_number[:40],
        "shipper_name": row.shipper_facility_name[:200],
        "recipient_license": row.recipient_facility_license_number[:40],
        "recipient_name": row.recipient_facility_name[:200],
        "is_voided": row.is_voided,
        "received_at": row.received_at,
        "arrives_at": row.estimated_arrival_local.isoformat() if row.estimated_arrival_local else "",
        "modified_at": modified,
        "read_at": now,
    }
    transfer, _made = Transfer.objects.update_or_create(**own, defaults=values)
    return transfer, old != (modified, transfer.manifest_number, transfer.is_voided)


def _package(transfer: Transfer, row: DeliveryPackage) -> TransferPackage:
    return TransferPackage(
        organization_id=transfer.organization_id,
        transfer=transfer,
        label=row.package_label[:40],
        item=row.item_name[:250],
        state=row.shipment_package_state[:20],
        lab_state=row.lab_testing_state[:40],
        shipped_quantity=row.shipped_quantity,
        shipped_unit=row.shipped_unit_of_measure_name[:40],
        received_quantity=row.received_quantity,
        received_unit=row.received_unit_of_measure_name[:40],
    )


def _proven(transfer: Transfer) -> str:
    """The order whose manifest it is, "" for none of ours; its reports go by what METRC shows."""
    if transfer.direction != Direction.OUTGOING:
        return ""
    report = proving.report_of(transfer)
    if report is None:
        return ""
    Transfer.objects.filter(pk=transfer.pk).update(order_number=report.order_number)
    if transfer.is_voided:
        proving.voided(report=report, transfer=transfer)
    else:
        proving.registered(report=report, transfer=transfer)
    return report.order_number


def _received(facility: Facility) -> None:
    """Receipts that wait for METRC to show the same, or were told otherwise and may agree by now."""
    waiting = Report.objects.filter(facility=facility, kind=Kind.TRANSFER_ACCEPT, state__in=receiving.PROVABLE)
    shelf = Package.objects.filter(facility=facility, place=Package.Place.ACTIVE)
    for report in waiting.select_for_update(of=("self",)).select_related("facility"):
        transfers = Transfer.objects.filter(facility=facility, direction=Direction.INCOMING)
        transfer = transfers.filter(metrc_id=report.payload["transfer"]).first()
        labels = report.receipt.values_list("label", flat=True)
        if transfer:
            on_shelf = set(shelf.filter(label__in=labels).values_list("label", flat=True))
            receiving.prove(report=report, transfer=transfer, on_shelf=on_shelf)


def _tell(facility: Facility, transfer: Transfer, order_number: str) -> None:
    if transfer.direction == Direction.INCOMING:
        push(topic_of(facility.organization_id), "seen", transfer=transfer.metrc_id)
    transfer_seen.tell(
        organization_id=str(facility.organization_id),
        transfer=transfer.pk,
        direction=transfer.direction,
        manifest_number=transfer.manifest_number,
        order_number=order_number,
        is_voided=transfer.is_voided,
        received=transfer.received_at is not None,
    )


def papers(metrc: Metrc, facility: Facility) -> None:
    """The state's own manifests of ours that are still missing; one that can't be had now is asked for again."""
    ours = Transfer.objects.filter(facility=facility, direction=Direction.OUTGOING, is_voided=False, state_pdf=None)
    for transfer in ours.exclude(order_number="").exclude(manifest_number="")[:20]:
        try:
            paper = metrc.manifest_pdf(transfer.metrc_id)
        except GatewayError as failed:
            log.warning("state_manifest_missing", transfer=transfer.manifest_number, reason=failed.reason)
            continue
        proving.keep_paper(transfer=transfer, content=paper.content)
