"""Reports to METRC under lost answers, lost requests, faults after the act, 429 and late lists, their worker killed."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from decimal import Decimal

from django.utils import timezone

from apps import sandbox
from apps.compliance import actions
from apps.compliance.models import Facility, Report
from apps.compliance.rules import BY_ITSELF, State
from apps.core import audit
from apps.core.scope import everyone, scope
from apps.gateways.base import GatewayError
from apps.gateways.metrc.licence import Metrc
from apps.gateways.metrc.payloads import Adjustment
from reup.bench.ground import child_environment
from reup.local import child
from reup.local.places import ROOT
from tests import make

EVENTS = 2000
ADJUST = "/packages/v2/adjust"
SCALE = 0.01  # of settle times, back-off and METRC's lag; clocks run as ever
LAG = 90
# Of the calls that reach it, one after the other: 20 % answers lost, 10 % requests lost, 5 % 500 after, 5 % 429.
FAULTS = (
    ("reset_after_commit", 0.20),
    ("reset_before_commit", 0.10 / 0.80),
    ("500_after_commit", 0.05 / 0.70),
    ("429", 0.05 / 0.65),
)
KILLED_EVERY = 3.0
WORKERS = 2
LEAST_MANUAL = 0.01
LEAST_DOUBLED = 0.20  # by the control, or the faults were none
REASON = "Drying"


def run(*, events: int, seed: int) -> tuple[dict, bool]:
    """The document of INTERFACE's `lab`, and whether every promise held."""
    begun = time.monotonic()
    with ExitStack() as stack:
        server = sandbox.serve(emulator="metrc", seed=seed)
        stack.callback(server.stop)
        licences = _ready(server, max(4, events // 50))
        facilities = _facilities(licences)
        _file(facilities, licences, events, seed)
        server.world.weather.add([{"path": ADJUST, "fault": word, "probability": share} for word, share in FAULTS])
        kills = _work(server, patience=60 + events * 0.5)
        document = _counted(server, events, seed) | {"seconds": round(time.monotonic() - begun, 1)}
        document["faults"] |= {"submitter killed": kills}
        document["control"] = _control(server, max(100, events // 5))
    return document, _kept(document)


def _ready(server, count: int) -> dict:
    """So many licences, no limits on reads, lists up to 90 s late."""
    no_limit = {name: {"perSecond": 1_000_000, "concurrent": 1000} for name in ("facility", "vendor")}
    server.world.patch({"settings": {"limits": no_limit, "readLagSeconds": [0, LAG * SCALE], "retryAfter": 1}})
    from apps.sandbox.metrc import licences

    return licences.make(server.world, count=count, packages=10)


def _facilities(licences: dict) -> list[Facility]:
    organization = make.organization(name="Lab")
    made = []
    for row in licences["licences"]:
        place = make.location(organization=organization)
        facility = Facility(organization=organization, location=place, number=row["licence"], state="mi")
        facility.put_key(row["key"])
        with everyone("lab"):
            facility.save(force_insert=True)
        made.append(facility)
    return made


def _file(facilities: list[Facility], licences: dict, events: int, seed: int) -> None:
    chance, now = random.Random(seed), timezone.now()
    labels = {row["licence"]: row["labels"] for row in licences["licences"]}
    with scope(facilities[0].organization_id):
        for number in range(events):
            facility = facilities[number % len(facilities)]
            actions.file_adjustment(
                organization=facility.organization,
                license_number=facility.number,
                tag=chance.choice(labels[facility.number]),
                delta=Decimal(chance.choice((-2, -1, 1, 2))),
                unit="Each",
                reason=REASON,
                movement=str(number),
                by="lab",
                now=now,
                note="lab",
            )


def _work(server, *, patience: float) -> int:
    """Workers drain the queue; every three seconds one of them is killed and another takes its place."""
    until, kills = time.monotonic() + patience, 0
    with ExitStack() as stack:
        working = [_worker(server, stack) for _ in range(WORKERS)]
        next_kill = time.monotonic() + KILLED_EVERY
        while _left() and time.monotonic() < until:
            time.sleep(0.2)
            if time.monotonic() >= next_kill:
                victim = working.pop(0)
                os.kill(victim.pid, signal.SIGKILL)
                victim.wait()
                kills, next_kill = kills + 1, time.monotonic() + KILLED_EVERY
                working.append(_worker(server, stack))
    return kills


def _worker(server, stack: ExitStack) -> subprocess.Popen:
    """A process that drains until it is killed; ready when this returns, so that it dies at work."""
    environment = child_environment() | {
        "METRC_URL": server.url,
        "METRC_VENDOR_KEY": "sbx-vendor-reup",
        "METRC_TIME_SCALE": str(SCALE),
        "METRC_CALL_SECONDS": "2",
        "METRC_PER_MINUTE": "3000",
        "METRC_VENDOR_PER_MINUTE": "9000",
        "LEASE_SECONDS": "3",
        "OUTBOUND_ALLOW": "127.0.0.1",
        "REUP_LOG_LEVEL": "CRITICAL",
        "REUP_NO_VENV": "1",
    }
    command = [sys.executable, "-m", "tests.lab.submitter", str(SCALE)]
    process = child.spawn(command, env=os.environ | environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    stack.callback(child.stop, process, by=signal.SIGKILL)
    process.stdout.readline()
    return process


def _left() -> bool:
    """Something still goes by itself; what stands behind a report that waits for a person does not."""
    with everyone("lab"):
        return Report.objects.filter(state__in=sorted(BY_ITSELF)).first_in_lane().exists()


def _counted(server, events: int, seed: int) -> dict:
    """METRC's own ledger says what happened, by our marks."""
    times = Counter(entry["note"].partition(" ")[0] for entry in server.vendor.ledger.entries())
    with everyone("lab"):
        reports = list(Report.objects.values_list("mark", "state"))
        broken = audit.verify()[2]
    done = {mark for mark, state in reports if state == State.CONFIRMED}
    waits = {mark for mark, _ in reports} - done  # for a person, or behind a report that does
    struck = Counter(call["fault"] for call in server.world.journal.entries() if call["fault"])
    return {
        "name": "metrc",
        "seed": seed,
        "acts": events,
        "lost": events - len(done | waits) + sum(not times[mark] for mark in done),
        "doubled": sum(times[mark] > 1 for mark, _ in reports),
        "manual": len(waits),
        "audit_broken": len(broken),
        "faults": dict(struck),
    }


def _control(server, acts: int) -> dict:
    """What blind retry does with the same faults: the same call until an answer says yes."""
    row = sandbox_licence(server)
    gate = Metrc(
        server.url,
        vendor_key="sbx-vendor-reup",
        user_key=row["key"],
        license_number=row["licence"],
        allow=("127.0.0.1",),
        seconds=2.0,
    )
    marks = [f"control-{number}" for number in range(acts)]
    for number, mark in enumerate(marks):
        _blindly(gate, row["labels"][number % len(row["labels"])], mark)
    gate.close()
    times = Counter(entry["note"].partition(" ")[0] for entry in server.vendor.ledger.entries())
    lost, doubled = sum(not times[mark] for mark in marks), sum(times[mark] > 1 for mark in marks)
    return {"acts": acts, "lost": lost, "doubled": doubled}


def sandbox_licence(server) -> dict:
    from apps.sandbox.metrc import licences

    return licences.make(server.world, count=1, packages=10)["licences"][0]


def _blindly(gate: Metrc, label: str, mark: str) -> None:
    row = Adjustment(label, Decimal(1), "Each", REASON, timezone.now().date(), f"{mark} blind")
    for _ in range(10):
        try:
            gate.adjust_packages(row)
        except GatewayError:
            continue
        return


def _kept(document: dict) -> bool:
    nothing_wrong = not (document["lost"] or document["doubled"])
    few = document["manual"] <= LEAST_MANUAL * document["acts"]
    faults_bite = document["control"]["doubled"] >= LEAST_DOUBLED * document["control"]["acts"]
    return nothing_wrong and few and faults_bite and not document["audit_broken"]
