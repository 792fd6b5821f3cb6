"""A sign-in's session is sealed for all processes; a refusal rests it, wherever it is used."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.accounts.models import Credential, Location
from apps.accounts.models.credentials import SignIn, Unreadable
from apps.accounts.signins import REST, KeptSession, accepted, refused
from apps.core.models import AuditEntry
from apps.core.scope import scope
from tests import make

SECRET = "tide-pool-821"


@pytest.fixture
def place(cast):
    return make.location(organization=cast.retailer, lsp=821, loc=7101)


@pytest.fixture
def key(place):
    with scope(place.organization_id):
        yield make.sign_in(location=place, password=SECRET)


def again(credential) -> Credential:
    return Credential.objects.get(pk=credential.pk)


def test_name_and_password_are_sealed_together_and_come_back(key):
    assert again(key).open_sign_in() == SignIn("backoffice@tidewater.example", SECRET)
    assert SECRET.encode() not in bytes(again(key).sealed)
    assert SECRET not in f"{key} {key.hint} {key.mark} {key.open_sign_in()!r}"
    assert key.hint == "backoffi"


def test_a_plain_key_is_no_sign_in(place):
    with scope(place.organization_id):
        key = make.credential(location=place, key="only-a-key", kind=Credential.Kind.DUTCHIE_BACKOFFICE)
        with pytest.raises(Unreadable):
            key.open_sign_in()


def test_a_session_is_kept_for_the_next_process_and_sealed(key):
    KeptSession(key).put("the session")

    assert KeptSession(again(key)).get() == "the session"
    assert b"the session" not in bytes(again(key).session)

    KeptSession(key).drop()
    assert KeptSession(again(key)).get() == ""


def test_a_session_moved_to_another_row_opens_nowhere(key, place):
    other = make.credential(location=place, key="k" * 20)
    KeptSession(key).put("the session")

    Credential.objects.filter(pk=other.pk).update(session=again(key).session)

    assert KeptSession(other).get() == ""


def test_a_refused_sign_in_rests_for_half_an_hour(key):
    kept = KeptSession(key)
    kept.put("the session")
    kept.refuse("The sign-in was refused.")

    assert "rests until" in kept.refused()
    assert kept.get() == ""
    assert again(key).last_reason == "The sign-in was refused."

    Credential.objects.update(last_failed_at=timezone.now() - REST - timedelta(seconds=1))
    assert kept.refused() == ""


def test_the_same_sign_in_rests_at_another_location_too_and_a_changed_one_does_not(key, cast):
    elsewhere = make.location(organization=cast.retailer, lsp=821, loc=7102)
    alike = make.sign_in(location=elsewhere, password=SECRET)
    KeptSession(key).refuse("The sign-in was refused.")

    assert KeptSession(alike).refused()

    alike.put_sign_in(username="backoffice@tidewater.example", password="a new one")
    alike.save()
    assert KeptSession(alike).refused() == ""
    assert KeptSession(key).refused()


def test_changing_a_sign_in_ends_session_and_rest(key):
    kept = KeptSession(key)
    kept.put("the session")
    kept.refuse("The sign-in was refused.")
    key = again(key)

    key.put_sign_in(username="backoffice@tidewater.example", password=SECRET)
    key.save()

    assert (KeptSession(key).get(), KeptSession(key).refused(), again(key).last_reason) == ("", "", "")


def test_only_the_first_refusal_in_a_row_is_an_audit_row_and_so_is_its_end(key):
    for _ in range(3):
        refused(key, "The key was refused.")
    accepted(key)
    accepted(key)

    told = list(AuditEntry.objects.filter(subject_id=str(key.pk)).order_by("n").values_list("action", flat=True))
    assert told == ["credential.refused", "credential.accepted"]
    assert again(key).last_failed_at is None


def test_another_organization_sees_neither_the_row_nor_its_refusal(key, cast):
    KeptSession(key).put("the session")
    with scope(cast.stranger):
        assert KeptSession(key).get() == ""
        refused(key, "Not mine.")

    assert again(key).last_failed_at is None


def test_a_location_is_synced_once_by_key_sign_in_or_both(cast, place):
    bare = make.location(organization=cast.retailer, lsp=821, loc=7103)
    make.sign_in(location=place)
    make.credential(location=place, key="pos-key")
    make.credential(location=bare, key="int", kind=Credential.Kind.DUTCHIE_INTEGRATOR)

    with scope(cast.retailer):
        found = list(Location.objects.synced().filter(organization=cast.retailer))

    assert found == [place]
