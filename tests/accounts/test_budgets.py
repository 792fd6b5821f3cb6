"""Guessing is slow: by account and network, whatever headers say; strangers do not lock out a known device."""

import threading
import time
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import budgets, signing_in
from apps.accounts.models import Budget
from apps.accounts.visitors import RequestFacts
from tests import make

from .ways import API, many, post

LOGIN = "/accounts/login/"
GUESSES = 10_000


@pytest.fixture
def checks(monkeypatch):
    """How often a password was really looked at."""
    seen, real = [], signing_in.authenticate
    monkeypatch.setattr(signing_in, "authenticate", lambda *a, **v: seen.append(v["username"]) or real(*a, **v))
    return seen


def guess(email, *, address="192.0.2.7", now=None, password="wrong", known=frozenset()):
    facts = RequestFacts(address=address, known=known)
    try:
        return signing_in.check_password(email=email, password=password, request_facts=facts, now=now or timezone.now())
    except budgets.TooMany:
        return "too many"


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_ten_thousand_guesses_from_a_hundred_addresses_make_ten_password_checks(checks):
    user, start = make.user(), timezone.now()
    for number in range(GUESSES):  # fifty a second: 200 seconds of one quarter of an hour
        at = start + timedelta(milliseconds=20 * number)
        guess(user.email, address=f"198.51.{number % 100}.1", now=at)

    assert len(checks) == 10


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_parallel_guesses_share_one_budget_and_every_one_is_counted(checks):
    user = make.user()
    with many(8) as at_once:
        at_once(lambda: guess(user.email), 40)

    kept = Budget.objects.get(pk=f"password:{budgets.mark_of(user.email)}")
    assert (len(checks), len(kept.spent), kept.turned_away) == (10, 10, 30)


def test_in_no_quarter_of_an_hour_are_there_more_than_ten_checks_wherever_it_begins(db, checks):
    user, start, moments = make.user(), timezone.now(), []
    for minute in range(60):
        at, before = start + timedelta(minutes=minute), len(checks)
        guess(user.email, now=at)
        guess(user.email, now=at)
        moments += [at] * (len(checks) - before)

    assert max(sum(0 <= (b - a).total_seconds() < 900 for b in moments) for a in moments) == 10


def test_the_right_password_is_not_looked_at_either_once_nothing_is_left(db):
    user = make.user()
    for _ in range(10):
        guess(user.email)

    assert guess(user.email, password=make.PASSWORD) == "too many"
    assert guess(user.email, password=make.PASSWORD, now=timezone.now() + timedelta(minutes=16)) == user


def test_a_known_device_signs_in_while_strangers_guess(db):
    user = make.user()
    for _ in range(11):
        guess(user.email)

    assert guess(user.email, password=make.PASSWORD, known=frozenset([budgets.mark_of(user.email)])) == user


def test_one_guess_each_at_many_accounts_from_one_network_ends_at_its_budget(db, checks):
    for number in range(120):
        guess(f"person{number}@stuffing.test", address=f"203.0.113.{number}")

    assert len(checks) == 100


def test_a_flushed_redis_opens_no_door(db):
    user = make.user()
    for _ in range(10):
        guess(user.email)
    cache.clear()

    assert guess(user.email) == "too many"


def test_forged_forwarding_headers_buy_no_second_budget(db, checks):
    user = make.user()
    for number in range(30):
        forged = f"10.0.{number}.1"  # each of another network
        headers = {"X-Forwarded-For": forged, "Forwarded": f"for={forged}", "X-Real-IP": forged}
        Client(headers=headers).post(f"{API}token/", {"email": user.email, "password": "x"}, "application/json")

    assert len(checks) == 10
    assert Budget.objects.filter(pk__startswith="password-network:").count() == 1


def test_behind_our_proxy_the_last_entry_counts_which_it_wrote(db, settings):
    settings.REUP_BEHIND_PROXY = True
    for number in range(3):
        forged = {"X-Forwarded-For": f"10.0.{number}.1, 198.51.100.9"}
        Client(headers=forged).post(f"{API}token/", {"email": "a@b.test", "password": "x"}, "application/json")

    assert Budget.objects.get(pk__startswith="password-network:").pk == "password-network:198.51.100.0/24"


def test_pages_and_api_share_the_budget_and_say_when_to_come_back(db, client):
    user = make.user()
    for _ in range(10):
        client.post(LOGIN, {"username": user.email, "password": "wrong"})

    answer = post("token/", email=user.email, password=make.PASSWORD)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (429, "too-many-tries", "900")
    page = client.post(LOGIN, {"username": user.email, "password": make.PASSWORD}).content.decode()
    assert "Too many tries. Wait a quarter of an hour, then try again." in page


def test_an_unknown_person_runs_out_in_the_same_way(db):
    answers = [post("token/", email="nobody@reup.test", password="x").status_code for _ in range(11)]

    assert answers == [401] * 10 + [429]


def test_an_unknown_person_costs_the_same_work_as_a_known_one(db, monkeypatch):
    """One password hash each: the hash is all the time there is (its cost hides the rest), so counting is enough."""
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *of: (hashed.append(of[1]), encode(*of))[1])
    user = make.user()
    hashed.clear()

    assert guess(user.email) is None
    known = len(hashed)
    assert guess(f"no{user.email}") is None

    assert (known, len(hashed)) == (1, 2)


def test_no_more_than_two_passwords_are_checked_at_once(monkeypatch):
    inside, most, lock = 0, 0, threading.Lock()

    def work(*_, **__):
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.05)
        with lock:
            inside -= 1

    monkeypatch.setattr(signing_in, "authenticate", work)
    monkeypatch.setattr(budgets, "spend", lambda *a, **v: None)
    with many(8) as at_once:
        at_once(lambda: guess("a@b.test"), 8)
    assert most == 2


def test_who_waits_too_long_for_a_turn_is_told_to_come_back(db, monkeypatch):
    monkeypatch.setattr(signing_in, "PATIENCE", 0)
    with signing_in.turn(), signing_in.turn():
        answer = post("token/", email="a@b.test", password="x")

    assert (answer.status_code, answer.json()["code"]) == (503, "busy")


def test_a_budgets_row_names_nobody(db):
    guess("somebody@reup.test")

    assert not Budget.objects.filter(pk__contains="somebody").exists()
