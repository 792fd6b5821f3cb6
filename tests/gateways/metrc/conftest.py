"""A licence in front of the emulated METRC, or in front of a stage."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from apps.gateways import base
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Adjustment, Destination, Leg, Line, Template
from apps.sandbox import serve

NOW = datetime(2026, 11, 17, 10, 42, tzinfo=UTC)
VENDOR, USER = "sbx-vendor-reup", "sbx-user-northlight"
HOLLAND, EASTOWN = "AU-P-000412", "AU-R-009731"
BLUE_SLATE = "1A4050300004101007000100"
LEAVES, ARRIVES = datetime(2026, 11, 18, 9), datetime(2026, 11, 18, 12, 30)


def adjustment(quantity="-2.5", label=BLUE_SLATE, **fields):
    said = {
        "label": label,
        "quantity": Decimal(quantity),
        "unit_of_measure": "Each",
        "adjustment_reason": "Typing/Entry Error",
        "adjustment_date": date(2026, 11, 17),
        "reason_note": "RU7K2M9QX4 counted",
    }
    return Adjustment(**said | fields)


def template(name="RU-1042-7K2M9QX4AB", **fields):
    leg = Leg(
        transporter_facility_license_number=HOLLAND,
        driver_name="Ines Calloway",
        driver_license_number="C 450 112 887 301",
        driver_occupational_license_number="EMP-00611",
        vehicle_make="Ford",
        vehicle_model="Transit",
        vehicle_license_plate_number="NLS 4127",
        phone_number_for_questions="616-555-0134",
        estimated_departure_local=LEAVES,
        estimated_arrival_local=ARRIVES,
    )
    stop = Destination(
        recipient_license_number=EASTOWN,
        transfer_type_name="AU Unaffiliated (Wholesale)",
        planned_route="US-31 north, I-196 east",
        estimated_departure_local=LEAVES,
        estimated_arrival_local=ARRIVES,
        transporters=[leg],
        packages=[Line(BLUE_SLATE, wholesale_price=Decimal("1250.40"))],
        **fields,
    )
    return Template(name=name, destinations=[stop])


@pytest.fixture(scope="package")
def running_metrc():
    server = serve(emulator="metrc", token="control", frozen_at=NOW)
    yield server
    server.stop()


@pytest.fixture
def world(running_metrc):
    """The emulator, as on its first day."""
    running_metrc.reset()
    return running_metrc


@pytest.fixture
def open_metrc(world, monkeypatch):
    """Opens a licence at the emulator; waits between tries are cut short."""
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.02))
    opened = []

    def build(license_number=HOLLAND, user_key=USER, **options):
        host = world.url.removeprefix("http://")
        keys = {"vendor_key": VENDOR, "user_key": user_key, "license_number": license_number}
        opened.append(Metrc(world.url, **keys, allow=[host], **options))
        return opened[-1]

    yield build
    for each in opened:
        each.close()


@pytest.fixture
def metrc(open_metrc):
    return open_metrc()


@pytest.fixture
def metrc_to(stage, monkeypatch):
    """Builds a licence in front of a stage with these acts."""
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.02))

    def build(*acts, **options):
        theatre = stage(*acts)
        keys = {"vendor_key": "vendor-key", "user_key": "user-key", "license_number": HOLLAND}
        metrc = Metrc(theatre.url, **keys, allow=["127.0.0.1"], **options)
        metrc.stage = theatre
        return metrc

    return build
