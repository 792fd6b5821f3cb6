"""Passkeys: bound to the person, the place and the moment they were asked for; a copy gives itself away."""

import json
from datetime import timedelta
from itertools import count

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from apps.accounts.actions import factors, passkeys
from apps.accounts.actions.passkeys import LastFactor, PasskeyRefused, ceremony
from apps.accounts.models import Challenge, Passkey, RecoverySheet, Session
from apps.core.scope import everyone, scope
from tests import make

from .authenticator import SoftKey
from .ways import many, post, read, tokens_of

HERE = "this session"
LOGIN, MFA, OPTIONS = "/accounts/login/", "/accounts/mfa/", "/accounts/mfa/passkey/"
SECURITY = "/accounts/security/"
_names = count(1)


def added(user, key: SoftKey, *, bound=HERE, now=None):
    now = now or timezone.now()
    answer = key.create(passkeys.creation_options(user, bound=bound, now=now))
    return passkeys.register(user, answer=answer, name=f"Key {next(_names)}", bound=bound, now=now)


def asked(user, *, bound=HERE, now=None) -> dict:
    return passkeys.request_options(user, bound=bound, now=now or timezone.now())


def shown(user, answer, *, bound=HERE, now=None):
    return passkeys.show(user, answer, bound=bound, now=now or timezone.now())


@pytest.fixture
def person(db):
    return make.user(at=make.organization(side="retailer"), role="buyer")


def test_a_key_that_was_added_is_shown_and_its_use_is_kept(person):
    key = SoftKey()
    kept = added(person, key)

    assert shown(person, key.get(asked(person))) == kept
    with scope(user=person.pk):
        kept.refresh_from_db()
    assert (kept.sign_count, kept.last_used_at is not None, kept.transports) == (1, True, ["internal"])


def test_options_name_our_host_and_the_persons_own_keys_alone(person, settings):
    settings.PUBLIC_URL = "https://reup.example:8443"
    key, other = SoftKey(origin="https://reup.example:8443", party="reup.example"), make.user()
    added(person, key)
    options = asked(person)

    assert (ceremony.origin(), options["rpId"]) == ("https://reup.example:8443", "reup.example")
    assert len(options["allowCredentials"]) == 1
    assert asked(other)["allowCredentials"] == []
    assert len(passkeys.creation_options(person, bound=HERE, now=timezone.now())["excludeCredentials"]) == 1


WRONG_PLACES = {
    "another origin": {"origin": "http://localhost.evil.example:8000"},
    "another port": {"origin": "http://localhost:8001"},
    "another scheme": {"origin": "https://localhost:8000"},
    "another party": {"party": "evil.example"},
}


@pytest.mark.parametrize("place", WRONG_PLACES.values(), ids=WRONG_PLACES)
def test_a_key_shown_or_made_elsewhere_is_refused(person, place):
    key = SoftKey()
    added(person, key)
    for name, value in place.items():
        setattr(key, name, value)

    assert shown(person, key.get(asked(person))) is None
    with pytest.raises(PasskeyRefused):
        added(person, SoftKey(**place))


def test_a_challenge_is_good_once_even_when_it_was_answered_wrongly(person):
    key, stranger = SoftKey(), SoftKey()
    added(person, key)
    options = asked(person)
    stranger.id = key.id

    assert shown(person, stranger.get(options)) is None
    assert shown(person, key.get(options)) is None
    answer = key.get(asked(person))
    assert shown(person, answer)
    assert shown(person, answer) is None


@pytest.mark.parametrize(
    ("bound", "seconds", "purpose"),
    [("another session", 0, "show"), (HERE, 301, "show"), (HERE, 0, "register")],
    ids=["asked for elsewhere", "five minutes later", "for another purpose"],
)
def test_a_challenge_is_good_where_when_and_for_what_it_was_asked(person, bound, seconds, purpose):
    key, now = SoftKey(), timezone.now()
    added(person, key)
    options = asked(person, now=now)
    if purpose == "register":
        options = passkeys.creation_options(person, bound=HERE, now=now)

    assert shown(person, key.get(options), bound=bound, now=now + timedelta(seconds=seconds)) is None


def test_one_persons_key_and_challenge_open_nothing_of_another(person):
    mine, other = SoftKey(), make.user()
    added(person, mine)
    added(other, SoftKey())

    assert shown(other, mine.get(asked(other))) is None
    assert shown(person, mine.get(asked(other))) is None
    with pytest.raises(PasskeyRefused):
        added(other, mine)


@pytest.mark.parametrize("counter", [0, 3, 4], ids=["back to one", "one less", "the same"])
def test_a_counter_that_does_not_go_up_is_a_copy_and_the_person_is_told(person, counter, run_jobs):
    key = SoftKey()
    added(person, key)
    key.counter = 4
    assert shown(person, key.get(asked(person)))
    run_jobs()
    mail.outbox.clear()
    key.counter = counter

    assert shown(person, key.get(asked(person))) is None
    run_jobs()
    assert "somebody seems to hold a copy" in mail.outbox[0].body
    key.counter = 5
    assert shown(person, key.get(asked(person)))


def test_a_key_that_never_counts_is_no_copy(person):
    key = SoftKey()
    added(person, key)
    for _time in range(2):
        key.counter = -1
        assert shown(person, key.get(asked(person)))


NONSENSE = [
    None,
    "",
    "{",
    "[]",
    "x" * 30_000,
    {},
    {"rawId": 7},
    {"rawId": "####", "response": []},
    {"rawId": "AAAA", "response": {"clientDataJSON": "AAAA"}},
]


@pytest.mark.parametrize("answer", NONSENSE, ids=[str(answer)[:30] for answer in NONSENSE])
def test_what_is_no_answer_is_refused(person, answer):
    added(person, SoftKey())

    assert shown(person, answer) is None
    with pytest.raises(PasskeyRefused):
        passkeys.register(person, answer=answer, name="x", bound=HERE, now=timezone.now())


@pytest.mark.parametrize("part", ["authenticatorData", "signature", "clientDataJSON"])
def test_an_answer_with_one_letter_changed_is_refused(person, part):
    key = SoftKey()
    added(person, key)
    for at in (0, 40, -3):
        answer = key.get(asked(person))
        said = answer["response"][part]
        letter = "A" if said[at] != "A" else "B"
        answer["response"][part] = said[:at] + letter + (said[at + 1 :] if at != -3 else said[-2:])

        assert shown(person, answer) is None


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_of_eight_times_the_same_answer_one_comes_through():
    person, key = make.user(), SoftKey()
    added(person, key)
    answer = key.get(asked(person))
    with many(8) as at_once:
        found = at_once(lambda: shown(person, answer), 8)

    assert len([one for one in found if one]) == 1
    with everyone("test"):
        assert Challenge.objects.exclude(used_at=None).filter(purpose="show").count() == 1


def test_ten_are_enough(person):
    for _key in range(passkeys.MOST):
        added(person, SoftKey())

    with pytest.raises(PasskeyRefused):
        passkeys.creation_options(person, bound=HERE, now=timezone.now())


def test_the_only_factor_of_a_role_that_demands_one_stays(cast):
    kept = added(cast.seller, SoftKey())
    with pytest.raises(LastFactor):
        passkeys.remove(cast.seller, kept.pk, now=timezone.now())

    make.authenticator(cast.seller)
    assert passkeys.remove(cast.seller, kept.pk, now=timezone.now())
    assert factors.methods_of(cast.seller) == ["totp"]


def test_where_none_is_demanded_the_last_one_goes_and_the_recovery_codes_with_it(person):
    kept = added(person, SoftKey())
    factors.new_codes(person)
    assert factors.methods_of(person) == ["passkey", "recovery"]

    assert passkeys.remove(person, kept.pk, now=timezone.now())
    assert factors.methods_of(person) == []
    with everyone("test"):
        assert not RecoverySheet.objects.exists()


def test_somebody_elses_is_neither_seen_nor_removed(person):
    kept, other = added(person, SoftKey()), make.user()

    assert passkeys.remove(other, kept.pk, now=timezone.now()) is False
    with scope(user=other.pk):
        assert not Passkey.objects.exists()
        assert not Challenge.objects.exists()


# --- by API


def mfa_token(user) -> str:
    return post("token/", email=user.email, password=make.PASSWORD).json()["mfa_token"]


def test_a_program_shows_a_passkey_for_its_mfa_token(cast):
    key = SoftKey()
    added(cast.seller, key)
    step = post("token/", email=cast.seller.email, password=make.PASSWORD).json()
    assert step["methods"] == ["passkey"]

    asked_for = {"mfa_token": step["mfa_token"]}
    answer = key.get(post("mfa/passkey/", **asked_for).json()["options"])
    pair = post("mfa/verify/", **asked_for, method="passkey", assertion=answer).json()
    assert read(pair["access"]).status_code == 200
    with everyone("test"):
        assert Session.objects.get().amr == ["pwd", "passkey"]


def test_options_of_one_sign_in_are_no_good_in_another(cast):
    key = SoftKey()
    added(cast.seller, key)
    first, second = mfa_token(cast.seller), mfa_token(cast.seller)
    answer = key.get(post("mfa/passkey/", mfa_token=first).json()["options"])

    refused = post("mfa/verify/", mfa_token=second, method="passkey", assertion=answer)
    assert (refused.status_code, refused.json()["code"]) == (401, "not-signed-in")
    assert post("mfa/verify/", mfa_token=first, method="passkey", assertion=answer).status_code == 200


@pytest.mark.parametrize("body", [{"method": "passkey"}, {"method": "passkey", "code": "123456"}, {"method": "totp"}])
def test_a_method_without_what_it_is_shown_with_is_400(cast, body):
    make.authenticator(cast.seller)

    assert post("mfa/verify/", mfa_token=mfa_token(cast.seller), **body).status_code == 400


def test_an_account_without_passkeys_gets_no_options(cast):
    make.authenticator(cast.seller)

    assert post("mfa/passkey/", mfa_token=mfa_token(cast.seller)).status_code == 401
    assert post("mfa/passkey/", mfa_token="x").status_code == 401


# --- in pages


def password_shown(client, user):
    return client.post(LOGIN, {"username": user.email, "password": make.PASSWORD})


def test_options_are_for_who_has_shown_the_password_and_has_a_passkey(cast):
    client = Client()
    assert client.post(OPTIONS).status_code == 404
    make.authenticator(cast.seller)
    password_shown(client, cast.seller)
    assert client.post(OPTIONS).status_code == 404
    added(cast.seller, SoftKey())
    assert client.post(OPTIONS).status_code == 200


def test_the_first_factor_brings_recovery_codes_and_ends_other_sessions(cast, client):
    pair, key = tokens_of(cast.buyer), SoftKey()
    password_shown(client, cast.buyer)
    answer = key.create(client.post(f"{SECURITY}passkeys/options/").json())
    page = client.post(f"{SECURITY}passkeys/", {"name": "Blue phone", "answer": json.dumps(answer)})

    assert len(page.context["codes"]) == 10
    assert read(pair.access).status_code == 401
    assert "Blue phone" in client.get(SECURITY).content.decode()
    assert password_shown(Client(), cast.buyer).url == MFA


def test_a_removed_passkey_is_asked_about_first_and_opens_nothing_afterwards(cast, client):
    password_shown(client, cast.buyer)
    kept = added(cast.buyer, SoftKey())
    page = client.get(f"{SECURITY}passkeys/{kept.pk}/remove/").content.decode()
    assert "only second factor" in page

    assert client.post(f"{SECURITY}passkeys/{kept.pk}/remove/").url == SECURITY
    assert factors.methods_of(cast.buyer) == []
    assert client.post(f"{SECURITY}passkeys/{kept.pk}/remove/").status_code == 404


def test_a_passkey_lets_one_in_and_shows_later_who_one_still_is(cast, client):
    key, again = SoftKey(), f"{SECURITY}again/?next={SECURITY}password/"
    added(cast.seller, key)
    password_shown(client, cast.seller)
    assert "Show your passkey" in client.get(MFA).text
    answer = {"method": "passkey", "answer": json.dumps(key.get(client.post(OPTIONS).json()))}
    assert client.post(MFA, answer).url == "/"
    session = client.session
    session["shown_at"] = "2026-01-01T00:00:00+00:00"
    session.save()

    assert client.get(f"{SECURITY}password/").url == again
    assert "was not accepted" in client.post(again, answer | {"next": SECURITY}).text
    answer["answer"] = json.dumps(key.get(client.post(OPTIONS).json()))
    assert client.post(again, answer | {"next": f"{SECURITY}password/"}).url == f"{SECURITY}password/"
    assert client.get(f"{SECURITY}password/").status_code == 200


def test_a_passkey_that_is_refused_costs_a_try_and_says_so(cast, client):
    added(cast.seller, SoftKey())
    password_shown(client, cast.seller)
    pages = [client.post(MFA, {"method": "passkey", "answer": "{}"}) for _try in range(5)]

    assert "4 tries left." in pages[0].text
    assert "No tries are left" in pages[-1].text
    assert client.post(OPTIONS).status_code == 404
