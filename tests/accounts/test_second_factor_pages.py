"""The pages on the way in and a person's own security: nobody gets past the second factor they owe."""

import pytest
from django.test import Client

from apps.accounts.actions import budgets, sessions
from apps.accounts.models import Budget, Membership, Session
from apps.core.scope import everyone
from tests import make

from .ways import read, recovery_codes_of, tokens_of

LOGIN, MFA, ENROL = "/accounts/login/", "/accounts/mfa/", "/accounts/mfa/enrol/"
SECURITY = "/accounts/security/"


def password_shown(client, user, **more):
    return client.post(LOGIN, {"username": user.email, "password": make.PASSWORD, **more})


def test_password_then_code_then_the_page_that_was_asked_for(cast, client):
    device = make.authenticator(cast.seller)

    assert password_shown(client, cast.seller, next="/portal/catalog/").url == MFA
    assert client.get("/portal/catalog/").status_code == 302
    assert cast.seller.email in client.get(MFA).content.decode()
    assert client.post(MFA, {"code": make.code(device)}).url == "/portal/catalog/"
    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_says_so_in_our_words_and_how_many_tries_are_left(cast, client):
    make.authenticator(cast.seller)
    password_shown(client, cast.seller)
    page = client.post(MFA, {"code": "12345"}).content.decode()

    assert "That code did not match. Codes change every 30 seconds" in page
    assert "4 tries left." in page


def test_after_five_wrong_codes_one_starts_again_with_the_password(cast, client):
    codes = recovery_codes_of(cast.seller)
    password_shown(client, cast.seller)
    for _ in range(5):
        client.post(MFA, {"code": "wrong", "method": "recovery"})

    assert client.post(MFA, {"code": codes[0], "method": "recovery"}).url == LOGIN
    assert client.get("/portal/catalog/").status_code == 302


def test_a_recovery_code_lets_one_in_and_then_no_more(cast, client, client_of):
    codes = recovery_codes_of(cast.seller)
    password_shown(client, cast.seller)
    assert client.post(MFA, {"code": codes[0], "method": "recovery"}).status_code == 302
    assert client.get("/admin/").status_code == 200

    other = client_of()
    password_shown(other, cast.seller)
    assert other.post(MFA, {"code": codes[0], "method": "recovery"}).status_code == 200
    assert other.get("/admin/").status_code == 302


@pytest.mark.parametrize("path", [MFA, ENROL])
def test_without_the_password_there_is_no_second_step(client, db, path):
    assert client.get(path).url == LOGIN
    assert client.post(path, {"code": "123456"}).url == LOGIN


def test_who_must_have_a_factor_takes_one_into_use_before_any_page(cast, client):
    assert password_shown(client, cast.seller).url == ENROL
    assert client.get("/").status_code == 302
    page = client.get(ENROL).content.decode()
    with everyone("test"):
        device = cast.seller.authenticator_set.get()
    assert "viewBox" in page  # the QR code grows and shrinks with its place
    assert " ".join([device.secret[:4], device.secret[4:8]]) in page
    assert "style=" not in page

    shown = client.post(ENROL, {"code": device.shows()})
    assert len(shown.context["codes"]) == 10
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(
    ("role", "side", "asked"),
    [
        ("owner", "retailer", True),
        ("owner", "wholesaler", True),
        ("staff", "wholesaler", True),
        ("staff", "retailer", False),
        ("buyer", "retailer", False),
        ("viewer", "wholesaler", False),
    ],
)
def test_the_role_says_whether_a_factor_is_asked_for(db, client, role, side, asked):
    user = make.user(at=make.organization(side=side), role=role)

    assert password_shown(client, user).url == (ENROL if asked else "/")


def test_a_session_of_the_password_alone_opens_neither_the_back_office_nor_any_page_of_a_role_that_owes_one(
    cast, client_of
):
    for path in ("/admin/", "/admin/catalog/product/", "/portal/catalog/", "/"):
        answer = client_of(cast.seller, verified=False).get(path)
        assert (answer.status_code, answer.url.partition("?")[0]) == (302, LOGIN), path
    answer = client_of(cast.seller, verified=False).get("/api/v1/locations/")
    assert (answer.status_code, answer.json()["code"]) == (401, "second-factor-needed")


def test_a_role_given_today_binds_a_session_of_yesterday(cast, client_of):
    client = client_of(cast.buyer, verified=False)
    assert client.get("/portal/catalog/").status_code == 200
    with everyone("test"):
        Membership.objects.filter(user=cast.buyer).update(role="owner")

    assert client.get("/portal/catalog/").status_code == 302


def test_the_back_office_has_no_sign_in_of_its_own(client, cast, client_of):
    assert client.get("/admin/login/").url == f"{LOGIN}?next=/admin/"
    assert client.post("/admin/login/", {"username": cast.seller.email, "password": make.PASSWORD}).status_code == 302
    assert client_of(cast.buyer).get("/admin/login/").status_code == 403


# --- one's own security


@pytest.fixture
def inside(cast, client):
    """The seller, come in by the forms; returns the browser."""
    codes = recovery_codes_of(cast.seller)
    password_shown(client, cast.seller)
    client.post(MFA, {"code": codes[0], "method": "recovery"})
    return client


def test_the_list_shows_every_session_and_ends_any(cast, inside):
    pair = tokens_of(cast.seller)
    with everyone("test"):
        program = Session.objects.get(kind="api")
    page = inside.get(SECURITY).content.decode()
    assert "this one" in page
    assert "Program" in page

    assert inside.post(f"{SECURITY}sessions/{program.pk}/end/").url == SECURITY
    assert read(pair.access).status_code == 401
    with everyone("test"):
        browser = Session.objects.get(kind="browser")
    assert inside.post(f"{SECURITY}sessions/{browser.pk}/end/").url == LOGIN
    assert inside.get(SECURITY).status_code == 302


def test_a_browser_ended_from_elsewhere_is_signed_out_on_its_next_request(cast, inside):
    with everyone("test"):
        row = Session.objects.get(kind="browser")
    sessions.end_all(cast.seller, because="test", by="test", now=row.created_at)

    assert inside.get(SECURITY).status_code == 302


def test_another_persons_session_is_not_there(cast, inside):
    tokens_of(cast.buyer)
    with everyone("test"):
        row = Session.objects.get(user=cast.buyer)

    assert inside.post(f"{SECURITY}sessions/{row.pk}/end/").status_code == 404


def test_a_new_password_ends_all_other_sessions_and_this_one_goes_on(cast, inside):
    pair = tokens_of(cast.seller)
    new = {"new_password1": "a much longer passphrase", "new_password2": "a much longer passphrase"}

    assert inside.post(f"{SECURITY}password/", new).url == SECURITY
    assert inside.get(SECURITY).status_code == 200
    assert read(pair.access).status_code == 401


@pytest.mark.parametrize("path", ["password/", "authenticator/"])
def test_dangerous_acts_ask_once_more_when_the_sign_in_is_old(cast, inside, path):
    session = inside.session
    session["shown_at"] = "2026-01-01T00:00:00+00:00"
    session.save()
    asked = inside.get(SECURITY + path)
    assert asked.url == f"{SECURITY}again/?next={SECURITY}{path}"

    assert inside.post(asked.url, {"code": "000000", "next": SECURITY + path}).status_code == 200
    with everyone("test"):
        code = make.authenticator(cast.seller).shows()
    assert inside.post(asked.url, {"code": code, "next": SECURITY + path}).url == SECURITY + path
    assert inside.get(SECURITY + path).status_code == 200


def test_a_replaced_authenticator_ends_other_sessions_and_the_old_one_opens_nothing(cast, inside):
    pair, old = tokens_of(cast.seller), make.authenticator(cast.seller)
    inside.get(f"{SECURITY}authenticator/")
    with everyone("test"):
        new = cast.seller.authenticator_set.get(confirmed=False)
    inside.post(f"{SECURITY}authenticator/", {"code": new.shows()})

    assert inside.get("/admin/").status_code == 200
    assert read(pair.access).status_code == 401
    other = Client()
    password_shown(other, cast.seller)
    assert other.post(MFA, {"code": old.shows()}).status_code == 200


def test_a_buyer_may_take_a_factor_into_use_and_is_asked_for_it_from_then_on(cast, client, client_of):
    password_shown(client, cast.buyer)
    client.get(f"{SECURITY}authenticator/")
    with everyone("test"):
        device = cast.buyer.authenticator_set.get()
    client.post(f"{SECURITY}authenticator/", {"code": device.shows()})

    assert password_shown(client_of(), cast.buyer).url == MFA


def test_a_device_that_signed_in_is_known_to_that_account_alone(cast, client):
    password_shown(client, cast.buyer)
    client.post("/accounts/logout/")
    for _ in range(10):
        Client().post(LOGIN, {"username": cast.buyer.email, "password": "wrong"})

    assert Client().post(LOGIN, {"username": cast.buyer.email, "password": make.PASSWORD}).status_code == 200
    assert password_shown(client, cast.buyer).url == "/"
    assert Budget.objects.filter(pk=f"password:{budgets.mark_of(cast.outsider.email)}").count() == 0
