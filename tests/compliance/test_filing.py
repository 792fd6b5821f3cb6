"""Filing: one report an act, whatever happens; nothing secret in it."""

import json
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction

from apps.compliance import actions
from apps.compliance.models import Driver, Manifest, Report, Word
from apps.compliance.rules import State
from apps.core import audit
from apps.core.errors import Refused
from apps.core.models import AuditEntry, Job
from apps.core.scope import everyone, scope
from tests.compliance import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def facility(cast):
    with everyone("test"):
        return make.facility(place=cast.place, number="AU-P-009412")


@pytest.fixture(autouse=True)
def here(cast):
    with scope(cast.wholesaler):
        yield


def test_the_same_stock_movement_filed_twice_is_one_report(facility):
    """metrc.md case 07."""
    label = make.tag()

    first = make.adjustment(facility=facility, label=label, movement="88121")
    again = make.adjustment(facility=facility, label=label, movement="88121")

    assert first == again
    assert Report.objects.get().state == State.QUEUED
    assert AuditEntry.objects.filter(chain="license:AU-P-009412").count() == 1


def test_the_same_act_with_other_contents_is_refused(facility):
    make.adjustment(facility=facility, label=make.tag(), movement="88121")

    with pytest.raises(actions.ConflictingReport, match="something else"):
        make.adjustment(facility=facility, label=make.tag(), movement="88121")


def test_a_change_that_is_rolled_back_leaves_no_report_and_no_job(facility):
    """metrc.md case 09."""
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make.adjustment(facility=facility)
        raise ZeroDivisionError

    assert not Report.objects.exists()
    assert not Job.objects.filter(name="compliance.send_reports").exists()


def test_a_filed_report_wakes_its_licences_queue_once(facility):
    make.adjustment(facility=facility)
    make.adjustment(facility=facility)

    with everyone("test"):
        assert Job.objects.get(name="compliance.send_reports").kwargs == {"facility_id": str(facility.pk)}


def test_a_transfer_keeps_its_turn_by_order_and_package(facility):
    label = make.tag()

    report = make.transfer(facility=facility, order="1042", lines=[make.line(label)])

    assert report.lanes == ["order:1042", f"package:{label}"]
    assert report.template_name == f"RU-1042-{report.mark}"
    assert report.deadline_at == make.NOW + make.timedelta(hours=2)


def test_an_unknown_reason_blocks_the_form(facility):
    """metrc.md §2.4: the queue is not blocked."""
    with everyone("test"):
        Word.objects.create(organization=facility.organization, facility=facility, kind="reason", name="Spoilage")

    with pytest.raises(Refused, match="It knows: Spoilage"):
        make.adjustment(facility=facility, reason="Fell over")
    assert make.adjustment(facility=facility, reason="Spoilage").state == State.QUEUED


@pytest.mark.parametrize("delta", ["0", "NaN", "Infinity"])
def test_an_adjustment_by_nothing_is_refused(facility, delta):
    with pytest.raises(Refused, match="changes a quantity"):
        make.adjustment(facility=facility, delta=delta)


def test_a_correction_is_the_count_less_the_book(facility, cast):
    report = actions.file_correction(
        organization=cast.wholesaler,
        license_number=facility.number,
        tag=make.tag(),
        counted=Decimal("46"),
        book=Decimal("48.5"),
        unit="Grams",
        reason="Audit",
        count="line-7",
        by="counter",
        now=make.NOW,
    )

    assert (report.kind, report.payload["delta"]) == ("audit_correction", "-2.5")
    assert report.business_key == "audit:AU-P-009412:line-7"


def test_a_licence_of_nobody_or_of_somebody_else_files_nothing(facility, cast):
    theirs = make.facility(at=cast.retailer)

    for number in ("", "AU-P-404404", theirs.number):
        with pytest.raises(Refused, match="no METRC key"):
            actions.file_adjustment(
                organization=cast.wholesaler,
                license_number=number,
                tag=make.tag(),
                delta=Decimal(1),
                unit="Each",
                reason="Spoilage",
                movement="1",
                by="x",
                now=make.NOW,
            )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"to": "AU-P-009412"}, "recipient_license"),
        ({"to": ""}, "recipient_license"),
        ({"arrives_at": make.NOW}, "arrives_at"),
        ({"lines": [make.line("1A4" + "0" * 21)] * 2}, "lines"),
        ({"lines": [make.TransferLine("", "Flower", Decimal(1), "Each")]}, "lines"),
    ],
)
def test_what_metrc_refuses_anyway_is_said_at_the_form(facility, values, field):
    with pytest.raises(Refused) as refused:
        make.transfer(facility=facility, **values)

    assert list(refused.value.errors) == [field]
    assert not Report.objects.exists()


def test_a_second_version_supersedes_one_that_has_not_gone_out(facility):
    first = make.transfer(facility=facility, version=1)

    second = make.transfer(facility=facility, version=2)

    first.refresh_from_db()
    assert (first.state, second.supersedes, second.state) == (State.SUPERSEDED, first, State.QUEUED)
    assert Manifest.objects.count() == 2


def test_a_version_that_may_have_reached_metrc_must_be_voided_first(facility):
    first = make.transfer(facility=facility, version=1)
    Report.objects.filter(pk=first.pk).update(state=State.ASSIST, may_exist=True)

    with pytest.raises(Refused, match="void that manifest first"):
        make.transfer(facility=facility, version=2)


def test_voiding_before_it_went_out_cancels_it_and_after_files_a_report(facility, cast):
    first = make.transfer(facility=facility, order="1042")
    void = {"organization": cast.wholesaler, "by": "warehouse", "why": "The truck broke down", "now": make.NOW}

    assert actions.void_transfer(order_number="1042", **void) == first
    first.refresh_from_db()
    assert first.state == State.CANCELLED

    second = make.transfer(facility=facility, order="1043")
    Report.objects.filter(pk=second.pk).update(state=State.ASSIST, may_exist=True)
    filed = actions.void_transfer(order_number="1043", **void)
    assert (filed.kind, filed.state, filed.payload["report"]) == ("transfer_void", State.QUEUED, second.pk)
    assert actions.void_transfer(order_number="9999", **void) is None


def test_a_manifest_is_never_changed_even_by_the_owner_of_the_tables(facility):
    make.transfer(facility=facility)

    with everyone("test"), pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Manifest.objects.update(version=9)


def test_a_drivers_licence_is_nowhere_in_clear(facility, cast):
    """metrc.md case 49."""
    driver = make.driver(at=cast.wholesaler, licence="D-4471-9920")
    make.transfer(facility=facility, driver=driver)

    kept = [Report.objects.get().payload, Manifest.objects.get().document]
    kept += list(AuditEntry.objects.values_list("data", flat=True))
    assert "4471" not in json.dumps(kept, default=str)
    assert Driver.objects.get(pk=driver.pk).open() == ("D-4471-9920", "D-4471-9920")


def test_another_organization_sees_nothing_but_the_manifest_of_goods_it_receives(facility, cast):
    make.transfer(facility=facility, recipient=cast.retailer)

    with scope(cast.retailer):
        assert (Report.objects.count(), Manifest.objects.count(), Driver.objects.count()) == (0, 1, 0)
    with scope(cast.stranger):
        assert (Report.objects.count(), Manifest.objects.count()) == (0, 0)


def test_reports_have_a_chain_of_their_own_a_licence(facility):
    make.adjustment(facility=facility)

    with everyone("test"):
        assert AuditEntry.objects.get().chain == "license:AU-P-009412"
        assert audit.verify()[2] == []
