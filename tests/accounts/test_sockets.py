"""A program's socket lives as long as its session: whatever ends the one closes the other."""

import pytest
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import sessions, team
from apps.accounts.models import Membership, Session
from apps.core.live import hub, people, tickets
from apps.core.live.people import Listener
from apps.core.scope import everyone

from .test_tokens import password_changed, removed, switched_off
from .ways import tokens_of


@pytest.fixture
def listener(cast) -> Listener:
    """As `auth/ws-ticket/` makes it for a program of the buyer's."""
    tokens_of(cast.buyer)
    with everyone("test"):
        row = Session.objects.get()
    return Listener(
        user=str(cast.buyer.pk),
        stamp=cast.buyer.get_session_auth_hash(),
        organization=str(cast.retailer.pk),
        sign_in=row.mark,
    )


def logged_out(user):
    sessions.end_all(user, because="logout", by=user, now=timezone.now())


def test_a_program_hears_what_its_person_may_hear(cast, listener):
    runs = f"runs.{cast.retailer.pk}"

    assert people.admitted(listener, {runs, f"runs.{cast.stranger.pk}"}) == {runs}


@pytest.mark.parametrize("change", [logged_out, switched_off, password_changed])
def test_fc37_what_ends_the_session_ends_the_socket_when_its_rights_are_asked_again(cast, listener, change):
    change(cast.buyer)

    assert people.admitted(listener, set()) is None
    assert people.recognise(listener) is None


def test_fc37_who_left_the_organization_hears_no_more_of_it(cast, listener):
    removed(cast.buyer)

    assert people.admitted(listener, {f"runs.{cast.retailer.pk}"}) == set()


def test_a_ticket_asked_for_with_a_token_ends_with_its_session(cast, monkeypatch):
    issued = []
    monkeypatch.setattr(tickets, "issue", lambda listener: issued.append(listener) or "ticket")
    access = tokens_of(cast.buyer).access
    Client().post("/api/v1/auth/ws-ticket/", headers={"Authorization": f"Bearer {access}"})

    with everyone("test"):
        assert issued[0].sign_in == Session.objects.get().mark
    assert issued[0].organization == str(cast.retailer.pk)


def test_a_changed_role_closes_a_programs_socket(cast, listener):
    with everyone("test"):
        member = Membership.objects.select_related("organization").get(user=cast.buyer)
        team.change_member(member=member, roles=["viewer"], by=cast.buyer)

    assert people.admitted(listener, set()) is None


def test_fc37_a_session_of_one_factor_whose_role_comes_to_demand_two_loses_its_socket(cast, client_of):
    """Its pages are closed to it as well; a session that has shown both goes on."""
    one, two = client_of(cast.buyer, verified=False), client_of(cast.buyer)
    sockets = [Listener(session=client.cookies["sessionid"].value) for client in (one, two)]
    assert [people.admitted(each, set()) for each in sockets] == [set(), set()]

    with everyone("test"):
        Membership.objects.filter(user=cast.buyer).update(role="owner", roles=["owner"])

    assert [people.admitted(each, set()) for each in sockets] == [None, set()]
    assert [client.get("/portal/catalog/").status_code for client in (one, two)] == [302, 200]


def test_rights_are_asked_again_within_a_beat():
    assert hub.BEATS_A_ROUND * 15 < 15
