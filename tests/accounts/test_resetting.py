"""A forgotten password: a letter's link, for an hour, once; it tells nobody who exists and opens no second factor."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.actions import resetting
from apps.accounts.models import Session, User
from apps.core.models import Job
from apps.core.scope import everyone
from tests import make

from .ways import HERE, many, read, tokens_of

FORGOTTEN, LOGIN = "/accounts/forgotten/", "/accounts/login/"
NEW = "an altogether new passphrase"
TWICE = {"new_password1": NEW, "new_password2": NEW}


def ask(email, client=None):
    return (client or Client()).post(FORGOTTEN, {"email": email})


@pytest.fixture
def link(run_jobs):
    """`link(user)` asks for a letter and reads its link."""

    def asked(user) -> str:
        mail.outbox.clear()
        ask(user.email)
        run_jobs()
        return re.search(r"http://\S+?(/accounts/reset/\S+)", mail.outbox[0].body)[1]

    return asked


def signs_in(user, password) -> bool:
    return Client().post(LOGIN, {"username": user.email, "password": password}).status_code == 302


def test_the_link_sets_the_password_and_signs_nobody_in(cast, link):
    client = Client()
    way = link(cast.buyer)
    assert client.get(way).status_code == 200

    assert client.post(way, TWICE).url == LOGIN
    assert client.get("/portal/catalog/").status_code == 302
    assert signs_in(cast.buyer, NEW)
    assert not signs_in(cast.buyer, make.PASSWORD)


def test_after_a_reset_the_second_factor_is_asked_for_as_ever(cast, link):
    make.authenticator(cast.seller)
    client = Client()
    client.post(link(cast.seller), TWICE)

    assert client.post(LOGIN, {"username": cast.seller.email, "password": NEW}).url == "/accounts/mfa/"
    assert client.get("/admin/").status_code == 302


def test_the_link_is_good_once(cast, link):
    way = link(cast.buyer)
    Client().post(way, TWICE)

    assert Client().get(way).status_code == 410
    assert Client().post(way, {"new_password1": "yet another passphrase", "new_password2": "yet another passphrase"})
    assert signs_in(cast.buyer, NEW)


def test_the_link_is_good_for_an_hour(cast, link):
    now = timezone.now()
    way = link(cast.buyer)
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        assert Client().get(way).status_code == 200
    with time_machine.travel(now + timedelta(minutes=62), tick=False):
        assert Client().get(way).status_code == 410
        assert Client().post(way, TWICE).status_code == 410


def test_a_changed_password_and_a_sign_in_end_the_link(cast, link):
    way = link(cast.buyer)
    cast.buyer.set_password("changed by the person")
    cast.buyer.save()
    assert Client().get(way).status_code == 410

    way = link(cast.buyer)
    assert signs_in(cast.buyer, "changed by the person")
    assert Client().get(way).status_code == 410


@pytest.mark.parametrize("spoil", ["another person's", "a letter changed", "switched off", "nobody's"])
def test_a_link_that_is_not_that_persons_opens_nothing(cast, link, spoil):
    way = link(cast.buyer)
    if spoil == "another person's":
        way = way.replace(str(cast.buyer.pk), str(cast.outsider.pk))
    elif spoil == "a letter changed":
        way = f"{way[:-2]}{'0' if way[-2] != '0' else '1'}/"
    elif spoil == "nobody's":
        way = way.replace(str(cast.buyer.pk), "5f0c8a51-6d3b-4c60-9c3e-0c5d5d0b7a11")
    else:
        User.objects.filter(pk=cast.buyer.pk).update(is_active=False)

    assert Client().post(way, TWICE).status_code == 410
    assert User.objects.get(pk=cast.buyer.pk).check_password(make.PASSWORD)


def test_every_session_ends(cast, link, client_of):
    pair, browser = tokens_of(cast.buyer), Client()
    browser.post(LOGIN, {"username": cast.buyer.email, "password": make.PASSWORD})
    Client().post(link(cast.buyer), TWICE)

    assert read(pair.access).status_code == 401
    assert browser.get("/portal/catalog/").status_code == 302
    with everyone("test"):
        assert not Session.objects.filter(revoked_at=None).exists()


def test_a_weak_password_is_refused_and_the_link_stays_good(cast, link):
    way = link(cast.buyer)

    assert "at least 12 characters" in Client().post(way, {"new_password1": "short", "new_password2": "short"}).text
    assert Client().post(way, TWICE).url == LOGIN


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_of_two_who_hold_the_link_one_comes_through(link):
    user = make.user()
    way = link(user)
    with many(2) as at_once:
        answers = at_once(lambda: Client().post(way, TWICE).status_code, 2)

    assert sorted(answers) == [302, 410]


# --- nobody learns who exists


def test_a_known_and_an_unknown_email_are_answered_with_the_same_words_and_the_same_work(cast, run_jobs):
    told = {}
    for name, email in (("known", cast.buyer.email), ("unknown", "nobody@nowhere.test")):
        with CaptureQueriesContext(connection) as asked:
            page = ask(email).content.decode().replace(email, "…")
        told[name] = (re.sub(r'value="[^"]{64}"|data-now="[^"]*"', "", page), [_shape(query) for query in asked])
    assert told["known"] == told["unknown"]

    run_jobs()
    assert [letter.to for letter in mail.outbox] == [[cast.buyer.email]]


def _shape(query: dict) -> str:
    """A statement without its values."""
    return re.sub(r"'[^']*'|\d+", "?", query["sql"])


def test_who_was_switched_off_or_came_by_wallet_gets_no_letter(cast, run_jobs):
    User.objects.filter(pk=cast.buyer.pk).update(is_active=False)
    lender = make.user(email="0123@wallet.invalid")
    ask(cast.buyer.email)
    ask(lender.email)
    run_jobs()

    assert mail.outbox == []


def test_an_email_is_written_to_three_times_in_a_quarter_of_an_hour_known_or_not(cast, run_jobs):
    for email in (cast.buyer.email, "nobody@nowhere.test"):
        pages = [ask(email).content.decode() for _time in range(4)]
        assert ["Too many tries" in page for page in pages] == [False, False, False, True]
    run_jobs()
    assert len(mail.outbox) == 3


def test_a_network_asks_thirty_times(db):
    told = [ask(f"person{number}@nowhere.test").content.decode() for number in range(31)]

    assert ["Too many tries" in page for page in told] == [False] * 30 + [True]


def test_the_links_token_is_in_no_row_and_no_log_line(cast, link, caplog):
    way = link(cast.buyer)
    token = way.strip("/").rpartition("/")[2]
    caplog.clear()
    Client().get(way)
    Client().post(way, TWICE)

    assert caplog.records
    assert token not in caplog.text
    with everyone("test"):
        assert token not in str(list(Job.objects.values()))


def test_the_pages_send_no_referrer_elsewhere_and_are_kept_by_no_cache(cast, link):
    page = Client().get(link(cast.buyer))

    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]


def test_an_address_that_differs_in_letters_alone_gets_the_letter_where_it_is_kept(cast, run_jobs):
    resetting.ask(email=f" {cast.buyer.email.upper()}", request_facts=HERE, now=timezone.now())
    run_jobs()

    assert mail.outbox[0].to == [cast.buyer.email]
