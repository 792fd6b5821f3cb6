"""Locations that can be read and found by name, zones, people by email, sealed keys, and what connections promise."""

from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from apps.accounts.models import Credential, Location, User
from apps.core import crypto, invariants
from apps.core.scope import everyone, scope
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen_by_all():
    with everyone("test"):
        yield


def test_a_location_is_synced_with_a_store_number_and_a_pos_key_while_it_is_active(seen_by_all):
    whole = make.location(loc=4101, lsp=822, key="pos-key-of-4101")
    make.location(key="a-key-without-a-store")
    make.location(loc=4102, lsp=822)
    make.location(loc=4103, lsp=822, key="pos-key-of-4103", is_active=False)
    other_key = make.location(loc=4104, lsp=822)
    make.credential(location=other_key, key="integrator-key", kind=Credential.Kind.DUTCHIE_INTEGRATOR)
    make.credential(location=whole, key="integrator-key", kind=Credential.Kind.DUTCHIE_INTEGRATOR)

    assert list(Location.objects.synced()) == [whole]


def test_a_location_is_named_by_our_uuid_or_by_dutchies_number(seen_by_all):
    place = make.location(loc=4101, lsp=822)
    make.location(loc=4102, lsp=822)

    assert list(Location.objects.named("4101")) == list(Location.objects.named(str(place.pk))) == [place]


@pytest.mark.parametrize("nonsense", ["", "Holland", "-4101", "4101.0", "²", "9" * 30, "7f"])
def test_what_names_no_location_finds_none(seen_by_all, nonsense):
    make.location(loc=4101, lsp=822)

    assert list(Location.objects.named(nonsense)) == []


def test_a_store_of_dutchie_is_one_location(seen_by_all):
    make.location(loc=4101, lsp=822)
    make.location(loc=4101, lsp=840)
    with pytest.raises(IntegrityError), transaction.atomic():
        make.location(loc=4101, lsp=822)


@pytest.mark.parametrize("zone", ["America/Detroit", "UTC", "Asia/Kathmandu"])
def test_a_known_zone_is_taken(seen_by_all, zone):
    make.location(zone=zone).full_clean()


@pytest.mark.parametrize("zone", ["Detroit", "EST5EDT4", "america/detroit", "../etc/passwd", ""])
def test_another_zone_is_refused_in_words(seen_by_all, zone):
    place = make.location()
    place.zone = zone
    with pytest.raises(ValidationError) as refused:
        place.full_clean()
    assert "zone" in refused.value.message_dict


def test_a_key_opens_in_its_row_and_nowhere_else(cast):
    with scope(cast.wholesaler):
        kept = Credential.objects.get()
        assert kept.open() == "pos-northlight-holland"
        assert kept.hint == "land"
        assert str(kept) == "Dutchie POS key …land"

        moved = Credential(pk=uuid4(), organization=cast.wholesaler, sealed=kept.sealed)
        given = Credential(pk=kept.pk, organization=cast.stranger, sealed=kept.sealed)
        for other in (moved, given):
            with pytest.raises(crypto.Unsealable):
                other.open()


def test_a_short_key_leaves_no_hint(cast):
    kept = Credential(organization=cast.wholesaler, location=cast.place)
    kept.put("short")

    assert (kept.hint, kept.open()) == ("", "short")


def test_a_connected_retailer_does_not_see_the_sellers_keys(cast, scoped):
    with scoped(cast.buyer):
        assert Location.objects.filter(pk=cast.place.pk).exists()
        assert not Credential.objects.exists()


def test_an_email_is_one_person_however_it_is_written():
    person = User.objects.create_user("Mara@Northlight.Example", "a long enough password")

    assert person.email == "mara@northlight.example"
    assert User.objects.get_by_natural_key(" MARA@northlight.example ") == person
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(email="MARA@northlight.example")


def test_a_connection_the_wrong_way_round_is_found(cast):
    make.connection(cast.retailer, cast.wholesaler)

    broken = {rule["name"]: rule["violations"] for rule in invariants.check()}
    assert broken["a connection joins a wholesaler with a retailer"] == 1
