"""Signing in and out, and the two choices a person keeps."""

import pytest

from apps.accounts.models import User
from tests import make

LOGIN = "/accounts/login/"


def sign_in(client, email, password=make.PASSWORD, **more):
    return client.post(LOGIN, {"username": email, "password": password, **more})


def test_a_person_signs_in_by_email_whatever_its_capitals(cast, client):
    answer = sign_in(client, "Buyer@Juniper.Test")

    assert (answer.status_code, answer.url) == (302, "/")
    assert client.get("/portal/catalog/").status_code == 200


def test_signing_in_leads_on_to_the_page_that_asked_for_it_and_never_to_another_site(cast, client_of):
    assert sign_in(client_of(), cast.buyer.email, next="/portal/catalog/").url == "/portal/catalog/"
    assert sign_in(client_of(), cast.buyer.email, next="https://evil.test/").url == "/"


def test_a_wrong_password_and_an_unknown_person_are_told_the_same_and_the_email_stays(cast, client):
    known, unknown = sign_in(client, cast.buyer.email, "wrong"), sign_in(client, "nobody@juniper.test", "wrong")

    for answer, email in ((known, cast.buyer.email), (unknown, "nobody@juniper.test")):
        assert answer.status_code == 200
        assert "That email and password did not match." in answer.content.decode()
        assert f'value="{email}"' in answer.content.decode()
        assert 'value="wrong"' not in answer.content.decode()
    assert known.context["form"].errors == unknown.context["form"].errors


def test_a_person_who_was_switched_off_is_told_no_more_than_a_stranger(cast, client):
    User.objects.filter(pk=cast.buyer.pk).update(is_active=False)

    assert "That email and password did not match." in sign_in(client, cast.buyer.email).content.decode()


@pytest.mark.parametrize(
    ("email", "password", "said"),
    [
        ("", "x", "Write your email."),
        ("buyer", "x", "This is no email address. Write it like name@company.com."),
        ("buyer@juniper.test", "", "Write your password."),
    ],
)
def test_what_is_missing_is_said_in_our_words(db, client, email, password, said):
    assert said in sign_in(client, email, password).content.decode()


def test_signing_out_needs_a_post(cast, client_of):
    client = client_of(cast.buyer)

    assert client.get("/accounts/logout/").status_code == 405
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/portal/catalog/").status_code == 302


def test_a_member_of_two_acts_for_the_one_they_chose(cast, client_of):
    with make.everyone("test"):
        cast.buyer.memberships.create(organization=cast.stranger, role="buyer")
    client = client_of(cast.buyer)

    assert client.get("/portal/catalog/").context["organization"] == cast.retailer
    answer = client.post("/accounts/organization/", {"organization": cast.stranger.pk, "next": "/portal/catalog/"})
    assert answer.url == "/portal/catalog/"
    assert client.get("/portal/catalog/").context["organization"] == cast.stranger


def test_nobody_acts_for_an_organization_they_are_no_member_of(cast, client_of):
    client = client_of(cast.buyer)

    assert client.post("/accounts/organization/", {"organization": cast.wholesaler.pk}).status_code == 404
    assert client.post("/accounts/organization/", {"organization": "x"}).status_code == 400
    assert client.get("/accounts/organization/").status_code == 405
    assert client.get("/portal/catalog/").context["organization"] == cast.retailer


def test_colours_are_kept_with_the_person_and_this_browser(cast, client_of):
    client = client_of(cast.buyer)
    client.post("/accounts/theme/", {"theme": "dark"})
    cast.buyer.refresh_from_db()

    assert cast.buyer.theme == "dark"
    assert client.cookies["theme"].value == "dark"
    assert '<html lang="en" data-theme="dark">' in client.get("/portal/catalog/").content.decode()
    client.post("/accounts/theme/", {"theme": ""})
    cast.buyer.refresh_from_db()
    assert cast.buyer.theme == ""
    assert client.post("/accounts/theme/", {"theme": "neon"}).status_code == 400
