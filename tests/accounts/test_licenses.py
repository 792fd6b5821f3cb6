"""Licences: valid through the last day of the site's own calendar, asked of any day, their end told once."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction

from apps.accounts import rules
from apps.accounts.actions import licenses
from apps.accounts.models import License, LicenseWarning
from apps.core.models import AuditEntry, StreamEvent
from apps.core.scope import everyone, scope
from tests import make

pytestmark = pytest.mark.django_db
LAST = date(2026, 12, 31)
NOON = datetime(2026, 12, 1, 17, tzinfo=UTC)


@pytest.fixture
def site(cast):
    return make.location(organization=cast.retailer, name="Eastown", zone="America/Detroit")


@pytest.fixture
def held(site):
    return make.license(location=site, valid_from_date=date(2026, 1, 1), valid_until_date=LAST)


@pytest.mark.parametrize(
    ("on", "valid"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (LAST, True),
        (date(2027, 1, 1), False),
    ],
)
def test_a_licence_holds_from_its_first_day_through_its_last(held, site, cast, scoped, on, valid):
    assert held.is_valid_on(on) is valid
    with scoped(cast.buyer):
        assert licenses.license_for(site, on) == (held if valid else None)


@pytest.mark.parametrize("status", ["suspended", "revoked"])
def test_a_suspended_or_revoked_licence_holds_on_no_day(site, status):
    held = make.license(location=site, status=status)
    with everyone("test"):
        assert not held.is_valid_on(held.valid_from_date)
        assert licenses.license_for(site, held.valid_from_date) is None


def test_the_last_day_ends_at_the_sites_midnight_not_at_utcs():
    before, after = datetime(2027, 1, 1, 4, 59, tzinfo=UTC), datetime(2027, 1, 1, 5, 0, tzinfo=UTC)

    assert rules.local_date("America/Detroit", before) == LAST
    assert rules.local_date("America/Detroit", after) == date(2027, 1, 1)


def test_of_several_the_one_that_holds_longest_answers(held, site):
    renewal = make.license(
        location=site, number=held.number, valid_from_date=date(2026, 12, 1), valid_until_date=date(2027, 12, 31)
    )
    with everyone("test"):
        assert licenses.license_for(site.pk, date(2026, 11, 30)) == held
        assert licenses.license_for(site.pk, date(2026, 12, 15)) == renewal


def test_partners_see_each_others_licences_and_strangers_do_not(held, site, cast, scoped):
    sold_under = make.license(location=cast.place)

    with scoped(cast.seller):
        assert licenses.license_for(site, LAST) == held
    with scoped(cast.buyer):
        assert licenses.license_for(cast.place, sold_under.valid_until_date) == sold_under
    with scoped(cast.outsider):
        assert licenses.license_for(site, LAST) is None
        assert not License.objects.exists()


def test_a_partner_who_sees_a_licence_cannot_change_it(held, cast, scoped):
    with scoped(cast.seller):
        assert License.objects.filter(pk=held.pk).update(status="revoked") == 0


def test_a_licence_is_for_a_site_of_its_holders_own(site, cast):
    with everyone("test"), pytest.raises(IntegrityError), transaction.atomic():
        make.license(location=site, number="X").__class__.objects.filter(number="X").update(organization=cast.stranger)


def test_what_cannot_be_is_refused_by_field(held, site, cast, scoped):
    twin = License(organization=cast.retailer, location=site, number=held.number, state="MI", kind="retail")
    twin.valid_from_date, twin.valid_until_date = held.valid_from_date, LAST
    with scoped(cast.buyer):
        with pytest.raises(licenses.LicenseRefused) as twice:
            licenses.save_license(license=twin, by=cast.buyer)
        twin.valid_until_date = held.valid_from_date - timedelta(days=1)
        with pytest.raises(licenses.LicenseRefused) as backwards:
            licenses.save_license(license=twin, by=cast.buyer)

    assert set(twice.value.errors) == {"number"}
    assert set(backwards.value.errors) == {"valid_until_date"}


@pytest.mark.parametrize(
    ("left", "due"),
    [(61, None), (60, 60), (31, 60), (30, 30), (15, 30), (14, 14), (7, 7), (2, 7), (1, 1), (0, 1), (-1, 0)],
)
def test_the_nearest_warning_stands(left, due):
    assert rules.warning_due(left) == due


# --- warnings


@pytest.fixture
def owner(cast):
    return make.user(email="owner@juniper.test", at=cast.retailer, role="owner", name="Robin Vale")


def warn(at) -> int:
    with everyone("test"):
        return licenses.warn_of_ends(now=at)


def test_a_licence_that_ends_is_told_once_at_each_warning_to_those_who_keep_licences(held, owner, run_jobs, commits):
    days = [NOON + timedelta(days=n) for n in range(-60, 35)]

    with commits():
        told = [at.date() for at in days if warn(at)]
    run_jobs()

    assert [(LAST - day).days for day in told] == [60, 30, 14, 7, 1, -1]
    assert [letter.to for letter in mail.outbox] == [[owner.email]] * 6
    with everyone("test"):
        assert LicenseWarning.objects.count() == 6
        heard = StreamEvent.objects.filter(topic=f"me.{owner.pk}").order_by("seq").values_list("type", flat=True)
        assert list(heard) == ["license.expiring"] * 5 + ["license.expired"]


def test_a_buyer_who_keeps_no_licences_gets_no_letter(held, run_jobs, commits):
    with commits():
        assert warn(NOON) == 1
    run_jobs()

    assert mail.outbox == []


def test_the_letter_names_the_licence_its_site_and_its_last_day(site, owner, run_jobs, commits):
    make.license(location=site, number="AU-R-000731", days=5)
    with commits():
        warn(datetime.now(UTC))
    run_jobs()

    (letter,) = mail.outbox
    assert letter.subject == "Licence AU-R-000731 ends in 5 days"
    assert "Eastown, Juniper & Pine" in letter.body
    assert "/portal/settings/licences/" in letter.body


@pytest.mark.parametrize("status", ["suspended", "revoked"])
def test_no_warning_for_a_licence_that_holds_no_more(site, owner, status):
    make.license(location=site, days=5, status=status)

    assert warn(datetime.now(UTC)) == 0


def test_a_renewed_licence_is_not_warned_of(held, site, owner):
    make.license(location=site, number=held.number, valid_from_date=LAST, valid_until_date=LAST + timedelta(days=365))

    assert warn(NOON) == 0


def test_another_last_day_is_told_anew(held, owner):
    assert warn(NOON) == 1
    with everyone("test"):
        License.objects.filter(pk=held.pk).update(valid_until_date=LAST + timedelta(days=3))

    assert warn(NOON) == 1


def test_entering_and_changing_are_on_record(site, owner, cast):
    row = License(organization=cast.retailer, location=site, number="AU-1", state="MI", kind="retail")
    row.valid_from_date, row.valid_until_date = date(2026, 1, 1), LAST
    with scope(cast.retailer, user=owner.pk):
        licenses.save_license(license=row, by=owner)
        row.status = "suspended"
        licenses.save_license(license=row, by=owner)
        licenses.remove_license(license=row, by=owner)
        actions = AuditEntry.objects.filter(subject_kind="accounts.license").order_by("n")
        assert [entry.action for entry in actions] == ["license.added", "license.changed", "license.removed"]
        assert actions[1].data["status"] == "suspended"


def test_a_licence_is_entered_on_its_page_and_stands_in_the_registry(cast, client_of):
    site = make.location(organization=cast.wholesaler, name="Northlight, Flint")
    page, sent = client_of(cast.seller), {"location": str(site.pk), "number": "AU-P-000999", "state": "mi"}
    sent |= {"kind": "processing", "status": "active", "note": "", "valid_from_date": "2026-01-01"}
    answer = page.post("/portal/settings/licences/new/", sent | {"valid_until_date": "2027-12-31"})
    assert (answer.status_code, answer["Location"]) == (302, "/portal/settings/licences/")
    assert "AU-P-000999" in page.get(answer["Location"]).content.decode()
    with everyone("test"):
        row = License.objects.get(number="AU-P-000999")
    assert (row.state, row.is_valid_on(date(2027, 12, 31)), row.is_valid_on(date(2028, 1, 1))) == ("MI", True, False)
    told = page.post("/portal/settings/licences/new/", sent | {"valid_until_date": "2025-12-31"})
    assert "Too early." in told.content.decode()
