"""`auth/wallet/…` over HTTP: with and without a cookie, a token, a right signature, or sense."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import sessions
from apps.accounts.models import Nonce, Session, User, Wallet
from apps.core.scope import everyone
from tests import make

from .handshake import HERE, KEY
from .keys import Key

pytestmark = pytest.mark.django_db
NONCE, VERIFY = "/api/v1/auth/wallet/nonce/", "/api/v1/auth/wallet/verify/"
LINK_NONCE, LINK = "/api/v1/auth/wallet/link/nonce/", "/api/v1/auth/wallet/link/"
ASK = {"address": KEY.address, "chain_id": 1}


def post(client, path, body, **options):
    return client.post(path, body, content_type="application/json", **options)


def ask(client, path=NONCE, key=KEY, **options) -> dict:
    answer = post(client, path, ASK | {"address": key.address}, **options)
    assert answer.status_code == 200, answer.content
    return answer.json()


def reply(client, asked: dict, path=VERIFY, key=KEY, **options):
    body = {"message": asked["message"], "signature": key.sign(asked["message"])}
    return post(client, path, body, **options)


def shown(browser) -> None:
    """As the forms of signing in leave it: who it is was shown now."""
    session = browser.session
    session["shown_at"] = timezone.now().isoformat()
    session.save()


def bearer(user) -> dict:
    """Headers of a program signed in with both factors."""
    made = sessions.open_session(user=user, amr=["pwd", "otp"], request_facts=HERE, now=timezone.now())
    return {"headers": {"Authorization": f"Bearer {made.access}"}}


def test_a_wallet_signs_in_without_a_cookie_and_its_token_is_good_for_the_api(client):
    asked = ask(client)
    assert asked.keys() == {"message", "nonce"}
    assert f"Nonce: {asked['nonce']}\n" in asked["message"]

    answer = reply(client, asked)

    assert answer.status_code == 200
    assert answer.json().keys() == {"access", "refresh"}
    assert answer["Cache-Control"] == "no-store"
    token = {"Authorization": f"Bearer {answer.json()['access']}"}
    mine = Client().get("/api/v1/auth/wallets/", headers=token)
    assert [wallet["address"] for wallet in mine.json()["results"]] == [KEY.address]
    assert Client().get("/api/v1/locations/", headers=token).status_code == 403  # a lender is no member of anything


def test_the_message_names_our_host_whatever_the_request_says(client, settings):
    settings.PUBLIC_URL = "https://reup.example"

    lies = {"Host": "localhost", "X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"}
    asked = ask(client, headers=lies)

    assert asked["message"].startswith("reup.example wants you")
    assert "evil" not in asked["message"]
    assert "localhost" not in asked["message"]


def test_a_replayed_message_is_401_with_a_reason_that_tells_nothing(client):
    asked = ask(client)
    assert reply(client, asked).status_code == 200

    again = reply(client, asked)
    unknown = reply(client, {"message": "no message of ours"})

    assert (again.status_code, again.json()["code"]) == (401, "wallet-refused")
    assert again["Content-Type"] == "application/problem+json"
    assert again.json() == unknown.json()


def test_fc39_where_a_factor_is_set_up_the_wallet_brings_a_token_to_show_it_with(client, cast):
    with everyone("test"):
        Wallet.objects.create(user=cast.buyer, address=KEY.address)
    device = make.authenticator(cast.buyer)

    answer = reply(client, ask(client)).json()

    assert answer.keys() == {"mfa_required", "mfa_token", "methods"}
    assert (answer["mfa_required"], answer["methods"]) == (True, ["totp"])
    shown = {"mfa_token": answer["mfa_token"], "method": "totp", "code": make.code(device)}
    assert post(client, "/api/v1/auth/mfa/verify/", shown).json().keys() == {"access", "refresh"}


def test_where_a_role_demands_a_factor_one_must_first_be_enrolled(client, cast):
    with everyone("test"):
        Wallet.objects.create(user=cast.seller, address=KEY.address)

    answer = reply(client, ask(client)).json()

    assert (answer["mfa_required"], answer["methods"], answer["enrol_required"]) == (True, [], True)


# --- sessions


def test_a_message_asked_for_in_a_browser_session_is_answered_only_there(cast, client_of):
    browser, other = client_of(cast.buyer), client_of(cast.outsider)

    for stranger in (other, Client()):
        asked = ask(browser)
        assert reply(stranger, asked).status_code == 401
        assert reply(browser, asked).status_code == 401  # that attempt burned it

    assert reply(browser, ask(browser)).status_code == 200


def test_a_message_asked_for_by_a_program_is_answered_only_by_it(client, cast):
    program, other = bearer(cast.buyer), bearer(cast.buyer)

    assert reply(client, ask(client, **program), **other).status_code == 401
    assert reply(client, ask(client, **program)).status_code == 401
    assert reply(client, ask(client, **program), **program).status_code == 200


def test_a_message_asked_for_outside_is_good_inside_too(client, cast):
    assert reply(client, ask(client), **bearer(cast.buyer)).status_code == 200


# --- linking


def test_a_signed_in_person_links_a_wallet(client, cast):
    program = bearer(cast.buyer)

    answer = reply(client, ask(client, LINK_NONCE, **program), LINK, **program)

    assert (answer.status_code, answer.json()["address"]) == (201, KEY.address)
    with everyone("test"):
        assert Wallet.objects.get().user == cast.buyer
    assert reply(client, ask(client)).json().keys() == {"access", "refresh"}


def test_linking_takes_a_session(client):
    assert post(client, LINK_NONCE, ASK).status_code == 401
    assert reply(client, ask(client), LINK).status_code == 401


def test_linking_from_a_browser_takes_its_csrf_token(cast, client_of):
    browser = client_of(cast.buyer, enforce_csrf_checks=True)

    assert post(browser, LINK_NONCE, ASK).status_code == 403
    assert reply(browser, ask(browser), LINK).status_code == 403


def test_a_message_to_sign_in_links_nothing_and_a_wallet_is_one_persons(client, cast):
    program, other = bearer(cast.buyer), bearer(cast.outsider)

    assert reply(client, ask(client, **program), LINK, **program).status_code == 401
    assert reply(client, ask(client, LINK_NONCE, **program), LINK, **program).status_code == 201
    taken = reply(client, ask(client, LINK_NONCE, **other), LINK, **other)
    assert (taken.status_code, taken.json()["code"]) == (409, "wallet-taken")


def test_who_has_not_shown_their_factor_links_nothing(cast, client_of):
    browser = client_of(cast.buyer, verified=False)
    make.authenticator(cast.buyer)
    shown(browser)

    answer = reply(browser, ask(browser, LINK_NONCE), LINK)

    assert (answer.status_code, answer.json()["code"]) == (403, "second-factor-needed")


def test_who_was_shown_too_long_ago_links_nothing_and_is_told_what_it_takes(client, cast, client_of):
    """A browser's session that never showed a factor lately, a program's that is eleven minutes old."""
    program = bearer(cast.buyer)
    with everyone("test"):
        Session.objects.update(created_at=timezone.now() - timedelta(minutes=11))

    for asker, headers in ((client_of(cast.outsider), {}), (client, program)):
        for path, body in ((LINK_NONCE, ASK), (LINK, {"message": "", "signature": ""})):
            answer = post(asker, path, body, **headers)
            assert (answer.status_code, answer.json()["code"]) == (401, "shown-too-long-ago")
            assert 'error="insufficient_user_authentication"' in answer["WWW-Authenticate"]


# --- nonsense

WRONG = {
    "no address": {"chain_id": 1},
    "no chain": {"address": KEY.address},
    "a name for an address": ASK | {"address": "me.eth"},
    "an address too long": ASK | {"address": KEY.address + "0"},
    "an address with NUL": ASK | {"address": KEY.address[:-1] + "\0"},
    "an address in a list": ASK | {"address": [KEY.address]},
    "a chain in words": ASK | {"chain_id": "mainnet"},
    "a chain that is true": ASK | {"chain_id": True},
    "a chain that is null": ASK | {"chain_id": None},
    "a field more": ASK | {"domain": "evil.example"},
    "a list": [ASK],
    "a number": 7,
    "null": None,
}


@pytest.mark.parametrize("body", WRONG.values(), ids=WRONG)
def test_a_malformed_question_is_400(client, body):
    answer = post(client, NONCE, body)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("chain", [0, -1, 5, 2**64, "9" * 400])
def test_a_chain_we_do_not_take_is_422(client, chain):
    answer = post(client, NONCE, ASK | {"chain_id": chain})

    assert (answer.status_code, answer.json()["code"]) == (422, "unknown-chain")


@pytest.mark.parametrize(
    "body",
    [{}, {"message": "a"}, {"message": ["a"], "signature": "0x"}, {"message": "a", "signature": "0x", "nonce": "b"}],
)
def test_a_malformed_reply_is_400(client, body):
    assert post(client, VERIFY, body).status_code == 400


ODD = ["", "\0", "\ud800", " ", "0x", "é" * 40, "0x" + "f" * 130, "a" * 100_000]


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_are_401_and_burn_the_message_they_came_with(client, text):
    asked = ask(client)

    assert post(client, VERIFY, {"message": asked["message"] + text, "signature": text}).status_code == 401
    assert post(client, VERIFY, {"message": text, "signature": KEY.sign(text.replace("\ud800", ""))}).status_code == 401

    with everyone("test"):
        assert not Nonce.objects.filter(used_at=None).exists()


def test_an_old_message_is_401(client):
    asked = ask(client)
    with everyone("test"):
        for nonce in Nonce.objects.all():
            Nonce.objects.update(expires_at=nonce.expires_at - timedelta(minutes=5))

    assert reply(client, asked).status_code == 401


def test_the_sixty_first_question_of_a_network_is_429(client):
    assert {post(client, NONCE, ASK).status_code for _ in range(60)} == {200}

    answer = post(client, NONCE, ASK, headers={"X-Forwarded-For": "203.0.113.9"})

    assert (answer.status_code, answer.json()["code"]) == (429, "too-many-tries")


@pytest.mark.django_db(transaction=True)
def test_fc39_of_eight_parallel_posts_one_signs_in_and_seven_are_401():
    asked = ask(Client(), key=Key(3))
    gate, found = threading.Barrier(8), []

    def run():
        client = Client()
        gate.wait()
        found.append(reply(client, asked, key=Key(3)).status_code)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(found) == [200] + [401] * 7
    with everyone("test"):
        assert User.objects.count() == 1
