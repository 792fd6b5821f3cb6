"""Programs sign in: password, code, tokens; refreshed once each; every forged kind of token is nobody's."""

import base64
import json
import time
from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.test import Client
from django.utils import timezone

from apps.accounts import tokens
from apps.accounts.actions import sessions
from apps.accounts.models import Membership, Session, User
from apps.core.models import AuditEntry
from apps.core.scope import everyone
from tests import make

from .ways import later, many, post, read, recovery_codes_of, tokens_of

TRIALS, AT_ONCE = 20, 8


def sign_in(user):
    return post("token/", email=user.email, password=make.PASSWORD)


# --- the flow


def test_password_then_code_then_tokens_that_open_and_are_refreshed(cast):
    device = make.authenticator(cast.seller)
    asked = sign_in(cast.seller).json()
    assert (asked["mfa_required"], asked["methods"]) == (True, ["totp"])
    assert read(asked["mfa_token"]).status_code == 401

    pair = post("mfa/verify/", mfa_token=asked["mfa_token"], method="totp", code=make.code(device)).json()
    assert [row["name"] for row in read(pair["access"]).json()["results"]] == ["Northlight, Holland"]

    anew = post("token/refresh/", refresh=pair["refresh"]).json()
    assert anew["refresh"] != pair["refresh"]
    assert read(anew["access"]).status_code == 200


def test_an_account_without_a_factor_whose_role_demands_none_gets_tokens_at_once(cast):
    pair = sign_in(cast.buyer).json()

    assert set(pair) == {"access", "refresh"}
    assert read(pair["access"]).status_code == 200


def test_who_must_have_a_factor_takes_one_into_use_on_the_way_in(cast):
    asked = sign_in(cast.seller).json()
    assert (asked["methods"], asked["enrol_required"]) == ([], True)

    offered = post("mfa/enrol/", mfa_token=asked["mfa_token"]).json()
    with everyone("test"):
        device = cast.seller.authenticator_set.get()
    assert offered["secret"] == device.secret
    done = post("mfa/confirm/", mfa_token=asked["mfa_token"], code=device.shows()).json()

    assert len(done["recovery_codes"]) == 10
    assert read(done["access"]).status_code == 200
    assert post("mfa/confirm/", mfa_token=asked["mfa_token"], code=device.shows()).status_code == 401


def test_an_account_with_a_factor_can_not_replace_it_with_the_password_alone(cast):
    make.authenticator(cast.seller)
    asked = sign_in(cast.seller).json()

    assert post("mfa/enrol/", mfa_token=asked["mfa_token"]).status_code == 401
    assert post("mfa/confirm/", mfa_token=asked["mfa_token"], code="123456").status_code == 401


def test_a_pending_sign_in_is_good_once_and_for_five_tries(cast):
    codes = recovery_codes_of(cast.seller)
    token = sign_in(cast.seller).json()["mfa_token"]
    show = lambda token, code: post("mfa/verify/", mfa_token=token, method="recovery", code=code).status_code  # noqa: E731

    assert show(token, codes[0]) == 200
    assert show(token, codes[1]) == 401
    token = sign_in(cast.seller).json()["mfa_token"]
    assert [show(token, "wrong") for _ in range(4)] == [401] * 4
    assert show(token, codes[2]) == 200


def test_wrong_password_unknown_email_and_switched_off_are_told_the_same(cast):
    User.objects.filter(pk=cast.outsider.pk).update(is_active=False)
    answers = [
        post("token/", email=cast.buyer.email, password="wrong"),
        post("token/", email="nobody@juniper.test", password="wrong"),
        post("token/", email=cast.outsider.email, password=make.PASSWORD),
    ]

    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0]["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("token/", {"email": "a@b.test"}),
        ("token/", {"email": "a@b.test", "password": "x", "role": "owner"}),
        ("mfa/verify/", {"mfa_token": "x", "method": "sms", "code": "1"}),
        ("token/refresh/", {"refresh": 3, "more": 1}),
    ],
)
def test_what_is_missing_or_unknown_is_400_by_name(db, path, body):
    assert post(path, **body).status_code == 400


# --- families


@pytest.mark.engines
@pytest.mark.django_db(transaction=True)
def test_fc34_parallel_refreshes_have_one_child_and_reuse_ends_the_family():
    user, now = make.user(), timezone.now()
    with many(AT_ONCE) as at_once:
        for _ in range(TRIALS):
            old = tokens_of(user, now=now).refresh
            children = {pair.refresh for pair in at_once(lambda old=old: sessions.refresh(old, now=now), AT_ONCE)}
            assert len(children) == 1
            (child,) = children
            with pytest.raises(sessions.NotSignedIn):
                sessions.refresh(old, now=now + timedelta(seconds=30))
            with pytest.raises(sessions.NotSignedIn):
                sessions.refresh(child, now=now + timedelta(seconds=31))
    with everyone("test"):
        assert Session.objects.filter(revoked_because="reuse").count() == TRIALS
        assert AuditEntry.objects.filter(action="session.ended", data={"because": "reuse"}).count() == TRIALS


def test_within_the_grace_the_old_token_gives_the_same_child_and_at_its_end_no_more(db):
    now = timezone.now()
    old = tokens_of(make.user(), now=now).refresh
    child = sessions.refresh(old, now=now).refresh

    assert sessions.refresh(old, now=now + timedelta(seconds=10)).refresh == child
    with pytest.raises(sessions.NotSignedIn):
        sessions.refresh(old, now=now + timedelta(seconds=11))


def test_a_refresh_token_of_two_generations_ago_ends_the_family_at_once(db):
    now = timezone.now()
    first = tokens_of(make.user(), now=now).refresh
    second = sessions.refresh(first, now=now).refresh
    third = sessions.refresh(second, now=now).refresh

    with pytest.raises(sessions.NotSignedIn):
        sessions.refresh(first, now=now)
    with pytest.raises(sessions.NotSignedIn):
        sessions.refresh(third, now=now)


def test_the_database_holds_no_token(db):
    pair = tokens_of(make.user())
    child = sessions.refresh(pair.refresh, now=timezone.now()).refresh
    with everyone("test"):
        row = Session.objects.values().get()
    assert not [
        token for token in (pair.refresh, child) if token in str(row) or token.encode() in bytes(row["successor"])
    ]


# --- what ends a session, on the next request


def switched_off(user):
    User.objects.filter(pk=user.pk).update(is_active=False)


def password_changed(user):
    user.set_password("another long enough password")
    user.save()


def removed(user):
    with everyone("test"):
        Membership.objects.filter(user=user).delete()


def rights_changed(user):
    sessions.make_stale(user.pk)


def ended(user):
    sessions.end_all(user, because="test", by="test", now=timezone.now())


def deleted(user):
    with everyone("test"):
        user.delete()


@pytest.mark.parametrize(
    ("change", "status", "refreshed"),
    [
        (switched_off, 401, 401),
        (password_changed, 401, 401),
        (removed, 403, 200),
        (rights_changed, 401, 200),
        (ended, 401, 401),
        (deleted, 401, 401),
    ],
)
def test_fc37_a_changed_account_is_felt_on_the_next_request(cast, change, status, refreshed):
    pair = tokens_of(cast.buyer)
    assert read(pair.access).status_code == 200
    change(cast.buyer)

    assert read(pair.access).status_code == status
    assert post("token/refresh/", refresh=pair.refresh).status_code == refreshed


def test_logout_ends_the_access_token_too_and_says_nothing_of_tokens_that_are_none(cast):
    pair = tokens_of(cast.buyer)

    assert post("logout/", refresh=pair.refresh).status_code == 204
    assert read(pair.access).status_code == 401
    assert post("logout/", refresh="nonsense").status_code == 204


def test_a_role_that_demands_a_factor_binds_a_session_opened_before(cast):
    access = tokens_of(cast.buyer, amr=["pwd"]).access
    assert read(access).status_code == 200
    with everyone("test"):
        Membership.objects.filter(user=cast.buyer).update(role="owner")

    answer = read(access)
    assert (answer.status_code, answer.json()["code"]) == (401, "second-factor-needed")


def test_a_bad_token_is_nobody_whatever_cookie_comes_with_it(cast, client_of):
    answer = client_of(cast.buyer).get("/api/v1/locations/", headers={"Authorization": "Bearer nonsense"})

    assert answer.status_code == 401


def test_a_token_opens_no_page(cast):
    client = Client(headers={"Authorization": f"Bearer {tokens_of(cast.buyer).access}"})

    assert client.get("/portal/catalog/").status_code == 302


def test_sessions_are_listed_and_ended_by_their_person_alone(cast):
    mine, other = tokens_of(cast.buyer).access, tokens_of(cast.outsider).access
    (row,) = read(mine, "/api/v1/auth/sessions/").json()["results"]
    end = lambda access: Client().delete(  # noqa: E731
        f"/api/v1/auth/sessions/{row['id']}/", headers={"Authorization": f"Bearer {access}"}
    )

    assert end(other).status_code == 404
    assert end(mine).status_code == 204
    assert read(mine).status_code == 401


# --- forged


def parts(token):
    return token.split(".")


def packed(value: dict) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def signed(user, row, *, key=None, kid="1", algorithm="EdDSA", **claims):
    now = int(time.time())
    said = {"typ": "access", "sub": str(user.pk), "sid": str(row.pk), "ver": row.version, "jti": uuid4().hex}
    said |= {"aud": "reup-api", "iss": "reup", "iat": now, "nbf": now, "exp": now + 300} | claims
    key = key or tokens.signing_keys(settings.REUP_KEYS)["1"]
    return jwt.encode(said, key, algorithm=algorithm, headers={"kid": kid})


def public_bytes() -> bytes:
    public = tokens.signing_keys(settings.REUP_KEYS)["1"].public_key()
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)


def none_alg(user, row, pair):
    return f"{packed({'alg': 'none', 'kid': '1'})}.{parts(pair.access)[1]}."


def confused(user, row, pair):
    return signed(user, row, key=public_bytes(), algorithm="HS256")


def foreign_key(user, row, pair):
    return signed(user, row, key=Ed25519PrivateKey.generate())


def unknown_kid(user, row, pair):
    return signed(user, row, kid="9")


def expired(user, row, pair):
    return signed(user, row, exp=int(time.time()) - 60)


def not_yet(user, row, pair):
    return signed(user, row, nbf=int(time.time()) + 60)


def wrong_aud(user, row, pair):
    return signed(user, row, aud="another-api")


def wrong_iss(user, row, pair):
    return signed(user, row, iss="another")


def refresh_as_access(user, row, pair):
    return pair.refresh


def mfa_as_access(user, row, pair):
    return str(tokens.SecondFactor.of(user.pk, pid=str(uuid4())))


def of_a_revoked_session(user, row, pair):
    sessions.log_out(pair.refresh, now=timezone.now())
    return pair.access


def stale(user, row, pair):
    return signed(user, row, ver=row.version - 1)


def truncated(user, row, pair):
    return pair.access[:-9]


FORGED = [
    none_alg, confused, foreign_key, unknown_kid, expired, not_yet, wrong_aud, wrong_iss, refresh_as_access,
    mfa_as_access, of_a_revoked_session, stale, truncated,
]  # fmt: skip


def test_a_token_signed_by_hand_like_ours_is_taken_so_that_the_forged_ones_fail_for_their_own_reason(cast):
    tokens_of(cast.buyer)
    with everyone("test"):
        row = Session.objects.get()
    assert read(signed(cast.buyer, row)).status_code == 200


@pytest.mark.parametrize("forge", FORGED, ids=lambda forge: forge.__name__)
def test_a_forged_token_is_401_and_never_an_error(cast, forge):
    pair = tokens_of(cast.buyer)
    with everyone("test"):
        row = Session.objects.get()
    answer = read(forge(cast.buyer, row, pair))

    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


@pytest.mark.parametrize("token", ["", ".", "..", "a.b.c", "é", "x" * 5_000, packed({}) + "." + packed({}) + "."])
def test_what_is_no_token_is_401(cast, token):
    assert read(token).status_code == 401


@pytest.mark.parametrize("claims", [{"sub": "x"}, {"sid": "x"}, {"sid": None}, {"ver": "1"}, {"sub": str(uuid4())}])
def test_our_own_signature_under_claims_that_name_nobody_is_401(cast, claims):
    tokens_of(cast.buyer)
    with everyone("test"):
        row = Session.objects.get()
    assert read(signed(cast.buyer, row, **claims)).status_code == 401


def test_tokens_under_an_older_key_stay_good_while_it_is_listed(cast, settings):
    access = tokens_of(cast.buyer).access
    old = settings.REUP_KEYS
    settings.REUP_KEYS = f"2:{'n' * 40},1:{old}"
    assert read(access).status_code == 200
    settings.REUP_KEYS = f"2:{'n' * 40}"
    assert read(access).status_code == 401


def test_a_session_that_has_run_out_is_over(db):
    old = tokens_of(make.user()).refresh
    with pytest.raises(sessions.NotSignedIn):
        sessions.refresh(old, now=later(days=7, seconds=1))
