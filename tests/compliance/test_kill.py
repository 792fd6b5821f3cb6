"""A worker that is killed before or after its call: METRC has the report once; and the lab's smaller run."""

import json
import os
import subprocess
import sys
from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from apps.compliance.models import Report, ReportAttempt
from apps.compliance.rules import State
from apps.core import audit
from apps.core.models import Lease
from apps.core.scope import everyone, scope
from tests.compliance import make
from tests.compliance.conftest import VENDOR, again

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.engines]
WORKER = """
import sys
import django
django.setup()
from apps.compliance import actions
from apps.compliance.models import Facility
from apps.core.scope import everyone, scope
with everyone("test"):
    facility = Facility.objects.select_related("location", "organization").get()
with scope(facility.organization_id):
    actions.drain(facility=facility)
"""


def work(metrc, *, faultpoint: str = "") -> int:
    """Let one worker work; returns how it ended."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "REUP_TEST_DATABASE": connection.settings_dict["NAME"],
        "METRC_URL": metrc.server.url,
        "METRC_VENDOR_KEY": VENDOR,
        "METRC_TIME_SCALE": "0",
        "REUP_FAULTPOINT": faultpoint,
    }
    return subprocess.run([sys.executable, "-c", WORKER], env=environment, timeout=60).returncode


@pytest.mark.parametrize(("point", "calls"), [("metrc before send", 0), ("metrc after send", 1)])
def test_a_worker_killed_around_its_call_leaves_a_report_that_is_looked_up_not_sent_again(
    cast, facility, metrc, point, calls
):
    """Case 21: the try was committed before the first byte."""
    with scope(cast.wholesaler):
        report = make.adjustment(facility=facility, label=metrc.labels()[0], reason="Drying", note="x")
    assert work(metrc, faultpoint=f"{point}:kill") == -9
    assert again(report).state == State.SENDING
    with everyone("test"):
        assert ReportAttempt.objects.get().finished_at is None
    assert len(metrc.calls("POST", "/packages/v2/adjust")) == calls

    with everyone("test"):
        Lease.objects.update(until="2000-01-01T00:00:00Z")
    assert work(metrc) == 0

    assert again(report).state == State.CONFIRMED
    assert len(metrc.ledger(report.mark)) == 1
    assert len(metrc.calls("POST", "/packages/v2/adjust")) == 1
    with everyone("test"):
        assert Report.objects.get().tries.filter(purpose="verify").exists()
        assert audit.verify()[2] == []


def test_send_reports_drains_once_and_says_what_it_found(cast, facility, metrc):
    labels = metrc.labels()
    with scope(cast.wholesaler):
        for label in labels[:3]:
            make.adjustment(facility=facility, label=label, reason="Drying", note="x")
        make.adjustment(facility=facility, label=labels[3], reason="Fell over", note="x")
        make.transfer(facility=facility, to="AU-R-009731", lines=[make.line(labels[4])])

    out = StringIO()
    call_command("send_reports", "--json", stdout=out)

    told = {"sent": 5, "confirmed": 3, "waiting": 1, "verifying": 0, "rejected": 1, "held": 0}
    assert json.loads(out.getvalue()) == told


def test_the_lab_loses_nothing_doubles_nothing_and_its_control_does():
    """Goal G04, smaller: `manage.py lab metrc --events 2000` is the whole of it."""
    out = StringIO()
    with suppress(SystemExit):  # one report of eighty that goes to a person is more than the whole run's 1 %
        call_command("lab", "metrc", "--events", "80", "--seed", "5", "--json", stdout=out)

    told = json.loads(out.getvalue())
    assert (told["lost"], told["doubled"], told["audit_broken"]) == (0, 0, 0)
    assert told["control"]["doubled"] >= 10
