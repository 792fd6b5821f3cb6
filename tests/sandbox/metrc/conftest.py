"""A running METRC with a frozen clock, asked as a program would: over HTTP, with a vendor key and a user key."""

import pytest
import requests

from apps.sandbox import serve
from tests.sandbox.conftest import NOW, TOKEN, Client

VENDOR, USER = "sbx-vendor-reup", "sbx-user-northlight"
HOLLAND, LANSING, EASTOWN = "AU-P-000412", "AU-P-000413", "AU-R-009731"
BLUE_SLATE, COPPER = "1A4050300004101007000100", "1A4050300004101007000101"
ADJUST, TEMPLATES = "/packages/v2/adjust", "/transfers/v2/templates/outgoing"
REASON = "Typing/Entry Error"


class Desk(Client):
    """A program's side of METRC; `press` is a person's at its web site."""

    def ask(self, method, path, body=None, *, licence=HOLLAND, user=USER, vendor=VENDOR, timeout=5, **params):
        params = {"licenseNumber": licence, **params}
        auth = (vendor, user) if vendor else None
        return self.session.request(method, self.url + path, params=params, json=body, auth=auth, timeout=timeout)

    def read(self, path, **how):
        answer = self.ask("GET", path, **how)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def data(self, path, **how):
        return self.read(path, **{"pageSize": 20, **how})["Data"]

    def write(self, method, path, *rows, **how):
        answer = self.ask(method, path, list(rows), **how)
        assert answer.status_code == 200, answer.text
        return answer.json()["Ids"] if answer.content else None

    def refused(self, method, path, *rows, **how):
        """The messages of a 400, with the places of their objects."""
        answer = self.ask(method, path, list(rows), **how)
        assert answer.status_code == 400, answer.text
        return [(one["row"], one["message"]) for one in answer.json()]

    def press(self, path, body=None, *, token=TOKEN):
        headers = {"X-Control-Token": token}
        return self.session.post(f"{self.url}/_ui/{path}", json=body or {}, headers=headers, timeout=5)

    def pressed(self, path, body=None):
        answer = self.press(path, body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def quantity(self, label=BLUE_SLATE, **how):
        return self.read(f"/packages/v2/{label}", **how)["Quantity"]

    def ledger(self):
        return self.ctl("ledger").json()


def adjustment(quantity=-2.5, label=BLUE_SLATE, **fields):
    row = {"Label": label, "Quantity": quantity, "UnitOfMeasure": "Each", "AdjustmentReason": REASON}
    return row | {"AdjustmentDate": "2026-11-17", "ReasonNote": "RU7K2M9QX4 counted"} | fields


def template(*labels, recipient=EASTOWN, name="RU-1042-7K2M9QX4AB", **fields):
    times = {"EstimatedDepartureDateTime": "2026-11-18T09:00:00", "EstimatedArrivalDateTime": "2026-11-18T12:30:00"}
    leg = {
        "TransporterFacilityLicenseNumber": HOLLAND,
        "DriverName": "Ines Calloway",
        "DriverLicenseNumber": "C 450 112 887 301",
        "DriverOccupationalLicenseNumber": "EMP-00611",
        "PhoneNumberForQuestions": "616-555-0134",
        "VehicleMake": "Ford",
        "VehicleModel": "Transit",
        "VehicleLicensePlateNumber": "NLS 4127",
        **times,
    }
    destination = {
        "RecipientLicenseNumber": recipient,
        "TransferTypeName": "AU Unaffiliated (Wholesale)",
        "PlannedRoute": "US-31 north, I-196 east",
        "Transporters": [leg],
        "Packages": [{"PackageLabel": label, "WholesalePrice": 480.0} for label in labels or (BLUE_SLATE,)],
        **times,
    }
    return {"Name": name, "Destinations": [destination | fields]}


@pytest.fixture(scope="package")
def running_metrc():
    server = serve(emulator="metrc", token=TOKEN, frozen_at=NOW)
    yield server
    server.stop()


@pytest.fixture
def metrc(running_metrc):
    running_metrc.reset()
    desk = Desk(running_metrc)
    desk.session = requests.Session()
    yield desk
    desk.session.close()
