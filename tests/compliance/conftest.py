"""METRC on localhost as on its first day, and a facility of the cast's wholesaler that it knows."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
import requests

from apps import sandbox
from apps.compliance import actions, sync
from apps.compliance.models import Facility, Report
from apps.core.scope import scope
from tests.compliance import make

VENDOR, USER = "sbx-vendor-reup", "sbx-user-northlight"
LICENCE, BUYER = "AU-P-000412", "AU-R-009731"


@dataclass
class State:
    """METRC, seen from the test: its emulator, and what a person at its web site or in its store room would do."""

    server: sandbox.Server

    @property
    def world(self):
        return self.server.world

    def fault(self, path: str, fault: str, **how) -> None:
        self.world.weather.add([{"path": path, "fault": fault, **how}])

    def fine(self) -> None:
        self.world.weather.clear()

    def package(self, label: str, licence: str = LICENCE) -> dict:
        rows = (row for row in self.world.rows("packages") if row["Label"] == label and row["_facility"] == licence)
        return next(row for row in rows if not row["_gone"])

    def labels(self, licence: str = LICENCE) -> list[str]:
        """Packages that can be shipped whole."""
        rows = [row for row in self.world.rows("packages") if row["_facility"] == licence and not row["_delivery"]]
        good = [row for row in rows if row["LabTestingState"] == "TestPassed" and not row["IsOnHold"]]
        return sorted(row["Label"] for row in good if row["Quantity"] >= 5 and row["UnitOfMeasureName"] == "Each")

    def press(self, path: str, **said) -> dict:
        answer = requests.post(
            f"{self.server.url}/_ui/{path}", json=said, headers={"X-Control-Token": self.server.token}, timeout=10
        )
        answer.raise_for_status()
        return answer.json()

    def calls(self, method: str, path: str) -> list[dict]:
        return [call for call in self.world.journal.entries() if (call["method"], call["path"]) == (method, path)]

    def templates(self) -> list[dict]:
        """Ours; the first day has others."""
        return [row for row in self.world.rows("templates") if row["Name"].startswith("RU-")]

    def ledger(self, note: str = "") -> list[dict]:
        """What was ever accepted with this in its note or name."""
        return [entry for entry in self.server.vendor.ledger.entries() if note in entry["note"]]


@pytest.fixture(scope="session")
def metrc_server():
    server = sandbox.serve(emulator="metrc")
    yield server
    server.stop()


@pytest.fixture
def metrc(metrc_server, settings) -> State:
    """Nothing is waited for: settle times and back-off are scaled to nothing, clocks run as ever."""
    metrc_server.reset()
    limits = {name: {"perSecond": 100_000, "concurrent": 100} for name in ("facility", "vendor")}
    metrc_server.world.patch({"settings": {"limits": limits}})
    settings.METRC_URL = metrc_server.url
    settings.METRC_VENDOR_KEY = VENDOR
    settings.METRC_PER_MINUTE, settings.METRC_VENDOR_PER_MINUTE = 60_000, 60_000
    settings.METRC_TIME_SCALE = 0.0
    settings.METRC_CALL_SECONDS = 2.0
    return State(metrc_server)


@pytest.fixture
def facility(cast, metrc) -> Facility:
    return make.facility(
        place=cast.place, number=LICENCE, key=USER, transfer_type="AU Unaffiliated (Wholesale)", phone="616 555 0100"
    )


@pytest.fixture
def drain(facility) -> Callable[..., int]:
    """`drain()` is a worker's turn with the facility."""

    def drained(where: Facility = facility, **how) -> int:
        with scope(where.organization_id):
            return actions.drain(facility=where, **how)

    return drained


@pytest.fixture
def pull(facility) -> Callable[..., str]:
    """`pull()` reads METRC's mirror on."""

    def pulled(where: Facility = facility) -> str:
        with scope(where.organization_id):
            return sync.pull_mirror(facility=where).why

    return pulled


def again(report: Report) -> Report:
    """As it stands now."""
    with scope(report.organization_id):
        return Report.objects.select_related("facility").get(pk=report.pk)
