"""One licence over real sockets: what it reads and files at the emulated METRC."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

import apps.gateways.metrc
from apps.gateways.base import Declined
from apps.gateways.metrc import licence
from apps.gateways.metrc.payloads import Accepted, Adjustment, Ingredient, NewPackage, windows

from .conftest import BLUE_SLATE, EASTOWN, HOLLAND, LEAVES, NOW, adjustment, template

DAY = (NOW - timedelta(hours=23), NOW + timedelta(minutes=1))


def register(world, id):
    vendor = world.vendor
    from apps.sandbox.wire import Request

    answer = vendor.people(Request("POST", f"/_ui/templates/{id}/register"))
    assert answer.status == 200, answer.body


def receive(world, id):
    from apps.sandbox.wire import Request

    assert world.vendor.people(Request("POST", f"/_ui/transfers/{id}/receive")).status == 200


def test_facilities_need_no_licence_and_say_what_each_may_do(metrc, world):
    rows = metrc.facilities()
    assert [row.license.number for row in rows] == [HOLLAND, "AU-P-000413"]
    assert rows.good[0].facility_type.can_create_derived_packages
    assert "licenseNumber" not in world.world.journal.entries()[-1]["params"]


def test_packages_come_page_after_page_with_exact_quantities_and_utc_moments(metrc):
    rows = metrc.packages()
    assert (len(rows), rows.bad) == (126, [])
    package = next(row for row in rows if row.label == BLUE_SLATE)
    assert (package.quantity, package.unit_of_measure_name) == (Decimal(864), "Each")
    assert (package.item.name, package.lab_testing_state) == ("Blue Slate (I)", "TestPassed")
    assert package.last_modified == datetime(2026, 11, 16, 22, 47, tzinfo=UTC)
    assert package.packaged_date == date(2026, 6, 8)
    assert package == metrc.package(BLUE_SLATE)


def test_a_package_of_another_licence_is_declined_with_404(metrc):
    with pytest.raises(Declined) as told:
        metrc.package("1A4050300006301007300131")
    assert told.value.status == 404


def test_an_adjustment_is_filed_as_a_plain_number_and_found_by_our_reference(metrc, world):
    accepted = metrc.adjust_packages(adjustment("-2.50"))
    assert len(accepted.ids) == 1
    assert metrc.package(BLUE_SLATE).quantity == Decimal("861.5")
    [row] = metrc.adjustments_of(BLUE_SLATE, *DAY)
    assert (row.quantity, row.note, row.reason) == (Decimal("-2.5"), "RU7K2M9QX4 counted", "Typing/Entry Error")
    assert row.adjustment_date == date(2026, 11, 17)
    assert metrc.adjustments_of("another", *DAY) == []


def test_what_is_set_is_final(metrc):
    metrc.set_packages(adjustment("5"))
    assert metrc.package(BLUE_SLATE).quantity == 5
    metrc.set_packages(adjustment("0"))
    metrc.finish_package(BLUE_SLATE, on_date=date(2026, 11, 17))
    assert [row.finished_date for row in metrc.packages("inactive")] == [date(2026, 11, 17)]


def test_no_call_carries_more_than_ten_objects_or_none(metrc, world):
    for rows in ([], [adjustment()] * 11):
        with pytest.raises(ValueError, match="1 to 10"):
            metrc.adjust_packages(*rows)
    assert world.world.journal.entries() == []


def test_a_package_is_packed_out_of_another_under_an_unused_tag(metrc):
    tag = metrc.tags().good[0].label
    part = Ingredient(BLUE_SLATE, Decimal(24), "Each")
    accepted = metrc.create_packages(NewPackage(tag, Decimal(24), "Each", date(2026, 11, 17), [part]))
    made = metrc.package(tag)
    assert (accepted, made.quantity, made.source_package_labels) == (Accepted((made.id,)), 24, BLUE_SLATE)
    assert metrc.package(BLUE_SLATE).quantity == 840


def test_a_template_goes_its_way_to_a_manifest_number_and_is_received(metrc, world, open_metrc):
    [id] = metrc.create_transfer_template(template()).ids
    [filed] = metrc.find_templates("RU-1042-7K2M9QX4AB", *DAY)
    assert (filed.id, filed.package_count, filed.estimated_departure_local) == (id, 1, LEAVES)
    [stop] = metrc.template_deliveries(id)
    assert [row.package_label for row in metrc.template_packages(stop.id)] == [BLUE_SLATE]

    register(world, id)

    [transfer] = metrc.transfers("outgoing", *DAY)
    assert (transfer.originating_template_id, transfer.name) == (id, "RU-1042-7K2M9QX4AB")
    assert transfer.manifest_number.isdecimal()
    [delivery] = metrc.deliveries(transfer.id)
    [price] = metrc.delivery_prices(delivery.id)
    assert price.shipper_wholesale_price == Decimal("1250.40")
    [carrier], [details] = metrc.transporters(delivery.id), metrc.transporter_details(delivery.id)
    assert (carrier.transporter_facility_license_number, details.driver_name) == (HOLLAND, "Ines Calloway")
    file = metrc.manifest_pdf(transfer.id)
    assert (file.content_type, file.content[:4]) == ("application/pdf", b"%PDF")
    assert transfer.manifest_number in file.name

    receive(world, transfer.id)

    shop = open_metrc(EASTOWN, "sbx-user-juniper")
    arrived = next(row for row in shop.transfers("incoming", *DAY) if row.id == transfer.id)
    assert (arrived.delivery_id, arrived.received_at) == (delivery.id, NOW)
    [package] = shop.delivery_packages(arrived.delivery_id)
    assert (package.shipment_package_state, package.shipped_quantity, package.received_quantity) == (
        "Accepted",
        864,
        864,
    )
    assert shop.package(BLUE_SLATE).received_from_manifest_number == transfer.manifest_number


def test_a_template_is_written_anew_and_archived(metrc):
    [id] = metrc.create_transfer_template(template()).ids
    [stop] = metrc.template_deliveries(id)
    from msgspec import structs

    anew = template("RU-1042-NEW", transfer_destination_id=stop.id)
    assert metrc.update_transfer_template(structs.replace(anew, transfer_template_id=id)) == Accepted()
    assert [row.name for row in metrc.templates()] == ["RU-1042-NEW"]
    metrc.archive_transfer_template(id)
    assert metrc.find_templates("RU-1042-NEW") == []


def test_words_people_and_papers_are_read(metrc):
    assert "Typing/Entry Error" in [row.name for row in metrc.adjust_reasons() if row.requires_note]
    assert [row.name for row in metrc.transfer_types() if row.for_external_incoming_shipments] == [
        "External Cannabinoids"
    ]
    assert {row.quantity_type for row in metrc.units()} == {"CountBased", "WeightBased", "VolumeBased"}
    assert [row.name for row in metrc.drivers()] == ["Ines Calloway", "Theo Lindqvist"]
    assert [row.license_plate_number for row in metrc.vehicles()] == ["NLS 4127", "NLS 4130"]
    assert [row.full_name for row in metrc.employees()] == ["Alex Moreau"]
    assert [row.name for row in metrc.locations()] == ["Vault", "Sales floor"]
    assert [row.name for row in metrc.sublocations()] == ["Shelf A", "Shelf B"]
    assert len(metrc.items()) > 10
    assert "Buds (packaged)" in [row.name for row in metrc.item_categories()]
    assert metrc.delivery_package_states() == ["Shipped", "Accepted", "Rejected", "Returned"]
    assert (metrc.package_types()[0], metrc.lab_states()[0]) == ("Product", "NotSubmitted")


def test_lab_results_lead_to_their_certificate(metrc):
    rows = metrc.lab_results(metrc.package(BLUE_SLATE).id)
    assert {row.test_type_name: row.test_result_level for row in rows}["THC (%)"] == Decimal("18.4")
    assert metrc.lab_document(rows.good[0].document_id).content.startswith(b"%PDF")


def test_a_range_is_asked_in_utc_with_its_plus_escaped(metrc_to):
    from tests.gateways.stage import answers

    metrc = metrc_to(answers(200, b'{"Data": [], "TotalPages": 0}'))
    summer = datetime.fromisoformat("2026-05-04T08:00:00+02:00")
    metrc.packages("active", summer, summer + timedelta(hours=24))
    line = metrc.stage.requests[0].split(b"\r\n")[0]
    assert b"lastModifiedStart=2026-05-04T06%3A00%3A00.000%2B00%3A00" in line
    assert b"lastModifiedEnd=2026-05-05T06%3A00%3A00.000%2B00%3A00" in line


def test_the_first_sync_walks_90_days_forward_in_days_and_misses_nothing(metrc, world):
    world.world.clock.freeze(NOW - timedelta(days=40, hours=1))
    metrc.adjust_packages(adjustment("-1", reason_note="RUOLD", adjustment_date=date(2026, 10, 8)))
    world.world.clock.freeze(NOW)
    metrc.adjust_packages(adjustment("-1", reason_note="RUNEW"))
    days = list(windows(NOW - timedelta(days=90), NOW))
    limits = {"facility": {"perSecond": 1000}, "vendor": {"perSecond": 1000}}  # for the clock stands still
    world.world.patch({"settings": {"limits": limits}})
    found = [row.note for since, until in days for row in metrc.adjustments(since, until)]
    assert (len(days), found) == (90, ["RUOLD", "RUNEW"])


def test_the_answer_is_kept_as_it_was_heard_without_keys(metrc, world):
    metrc.facilities()
    assert metrc.heard.status == 200
    with pytest.raises(Declined):
        metrc.adjust_packages(adjustment(label="none"))
    assert "does not exist" in metrc.heard.text


@pytest.mark.parametrize("invented", ["receive", "accept", "external/outgoing", "licensed", "templates/register"])
def test_the_client_knows_no_path_that_metrc_does_not_publish(invented):
    folder = Path(apps.gateways.metrc.__file__).parent
    paths = [line for path in folder.rglob("*.py") for line in path.read_text().splitlines() if "/v2/" in line]
    assert paths
    assert not [line for line in paths if f"/{invented}" in line]
    assert not [name for name in vars(licence.Metrc) if "receive" in name or "accept" in name]


def test_an_adjustment_without_decimals_stays_a_whole_number(metrc_to):
    from tests.gateways.stage import answers

    metrc = metrc_to(answers(200, b'{"Ids": [7], "Warnings": null}'))
    row = adjustment("-3")
    assert isinstance(row, Adjustment)
    metrc.adjust_packages(row)
    assert b'"Quantity":-3,' in metrc.stage.requests[0]
    assert b'"AdjustmentDate":"2026-11-17"' in metrc.stage.requests[0]
