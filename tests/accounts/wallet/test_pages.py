"""Signing in and linking with a wallet in pages: what the browser's script sends, and what is taken."""

import pytest
from django.test import Client

from apps.accounts.actions import wallets
from apps.accounts.models import Lender, Session, Wallet
from apps.core.scope import everyone
from tests import make
from tests.accounts.ways import read, tokens_of

from .handshake import KEY, linked
from .keys import Key

LOGIN, MFA, SECURITY = "/accounts/login/", "/accounts/mfa/", "/accounts/security/"
WALLET, MESSAGE = "/accounts/wallet/", "/accounts/wallet/message/"
LINK, LINK_MESSAGE = f"{SECURITY}wallets/", f"{SECURITY}wallets/message/"


def asked(client, path=MESSAGE, key=KEY, **values):
    return client.post(path, {"address": key.address, "chain_id": 1} | values)


def sent(client, path=WALLET, key=KEY, *, message=None, **more):
    message = message or asked(client, LINK_MESSAGE if path == LINK else MESSAGE, key).json()["message"]
    return client.post(path, {"message": in_hex(message), "signature": key.sign(message), **more})


def in_hex(message: str) -> str:
    return f"0x{message.encode().hex()}"


def password_shown(client, user):
    return client.post(LOGIN, {"username": user.email, "password": make.PASSWORD})


def test_an_unknown_wallet_comes_in_as_a_lender(db):
    client = Client()

    assert sent(client, next="/status/").url == "/status/"
    assert client.get(SECURITY).status_code == 200
    assert KEY.address in client.get(SECURITY).text
    with everyone("test"):
        assert Lender.objects.get().kyc == "none"
        assert Session.objects.get().amr == ["wallet"]


def test_a_wallet_leads_to_no_other_site(db):
    assert sent(Client(), next="https://evil.example/").url == "/"


def test_a_linked_wallet_is_a_first_factor_and_the_second_is_asked_for(cast):
    linked(cast.seller)
    device, client = make.authenticator(cast.seller), Client()

    assert sent(client).url == MFA
    assert client.get("/admin/").status_code == 302
    assert client.post(MFA, {"code": device.shows()}).url == "/"
    assert client.get("/admin/").status_code == 200


def test_where_the_role_demands_a_factor_and_there_is_none_the_wallet_leads_to_enrolment(cast):
    linked(cast.seller)

    assert sent(Client()).url == f"{MFA}enrol/"


def test_a_message_of_one_browser_signs_in_in_no_other(db):
    message = asked(Client()).json()["message"]

    page = sent(Client(), message=message)
    assert page.status_code == 401
    assert "Ask for a new message and sign that one" in page.text


def test_a_message_is_good_once_and_its_signature_is_looked_at(db):
    client = Client()
    message = asked(client).json()["message"]

    assert client.post(WALLET, {"message": in_hex(message), "signature": Key(2).sign(message)}).status_code == 401
    assert sent(client, message=message).status_code == 401
    assert sent(client).status_code == 302


@pytest.mark.parametrize("message", ["", "78" * 5_000, "0x7", "\0", "0xff"])
def test_what_is_no_signed_message_is_refused_in_words(db, message):
    page = Client().post(WALLET, {"message": message, "signature": "0x"})

    assert page.status_code == 401
    assert "were not accepted" in page.text


@pytest.mark.parametrize(
    ("values", "status"), [({"address": "me.eth"}, 400), ({"address": ""}, 400), ({"chain_id": 5}, 422)]
)
def test_a_question_that_makes_no_sense_is_answered_in_words(db, values, status):
    answer = asked(Client(), **values)

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_both_doors_take_a_forms_csrf_token(db):
    client = Client(enforce_csrf_checks=True)

    assert asked(client).status_code == 403
    assert client.post(WALLET, {}).status_code == 403


# --- linking


@pytest.fixture
def inside(cast, client):
    """The buyer, signed in a moment ago."""
    password_shown(client, cast.buyer)
    return client


def test_a_wallet_is_linked_by_its_signature_and_shown(cast, inside):
    assert sent(inside, LINK).url == SECURITY
    assert KEY.address in inside.get(SECURITY).text
    with everyone("test"):
        assert Wallet.objects.get().user == cast.buyer


def test_a_message_to_sign_in_links_nothing(inside):
    message = asked(inside).json()["message"]

    assert "were not accepted" in sent(inside, LINK, message=message).text
    with everyone("test"):
        assert not Wallet.objects.exists()


def test_another_accounts_wallet_is_not_linked(cast, inside):
    linked(cast.outsider)

    assert "linked to another account" in sent(inside, LINK).text


def test_linking_asks_to_show_who_one_is_when_the_sign_in_is_old(inside):
    session = inside.session
    session["shown_at"] = "2026-01-01T00:00:00+00:00"
    session.save()

    for answer in (inside.get(LINK), asked(inside, LINK_MESSAGE), inside.post(LINK, {})):
        assert answer.url.startswith(f"{SECURITY}again/")


def test_a_session_without_the_accounts_second_factor_links_nothing(cast, inside):
    make.authenticator(cast.buyer)

    assert "second factor" in sent(inside, LINK).text
    with everyone("test"):
        assert not Wallet.objects.exists()


def test_taking_a_wallet_off_is_confirmed_and_ends_other_sessions(cast, inside):
    wallet, pair = linked(cast.buyer), tokens_of(cast.buyer)
    way = f"{SECURITY}wallets/{wallet.pk}/unlink/"
    assert "What it holds on the chain stays where it is" in inside.get(way).text

    assert inside.post(way).url == SECURITY
    assert read(pair.access).status_code == 401
    with everyone("test"):
        assert not Wallet.objects.exists()
    assert inside.post(way).status_code == 404


def test_the_only_way_in_stays_and_the_page_says_why(db):
    client = Client()
    sent(client)
    with everyone("test"):
        wallet = Wallet.objects.get()
    way = f"{SECURITY}wallets/{wallet.pk}/unlink/"

    assert "the only way into this account" in client.get(way).text
    assert client.post(way).url == SECURITY
    assert "Link another one first" in client.get(SECURITY).text
    assert wallets.is_only_way(wallet.user)


def test_somebody_elses_wallet_is_not_there(cast, inside):
    wallet = linked(cast.outsider)

    assert inside.get(f"{SECURITY}wallets/{wallet.pk}/unlink/").status_code == 404
    assert inside.post(f"{SECURITY}wallets/{wallet.pk}/unlink/").status_code == 404


def test_a_closed_account_is_not_opened_by_its_wallet(cast):
    linked(cast.buyer)
    cast.buyer.is_active = False
    cast.buyer.save()

    assert sent(Client()).status_code == 401
