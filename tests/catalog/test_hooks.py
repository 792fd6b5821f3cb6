"""Dutchie's webhook: one effect for a rightly signed hint, none for anything else (FC44)."""

import base64
import json
import secrets
import time

import pytest

from apps.accounts.models import Credential
from apps.core.models import InboundHook, Job
from apps.core.scope import everyone
from apps.core.webhooks import PER_MINUTE, sign
from tests import make

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = json.dumps({"type": "inventory.updated", "data": {"quantity": 999_999}}).encode()


@pytest.fixture
def hook(cast, client):
    """`hook(...)` posts a message to the wholesaler's endpoint; what is not given is right."""
    make.credential(location=cast.place, key=SECRET, kind=Credential.Kind.DUTCHIE_WEBHOOK)

    def post(*, body=BODY, signed=BODY, secret=SECRET, at=0, place=cast.place.pk, message_id=None, **headers):
        message_id = message_id or secrets.token_hex(8)
        stamp = int(time.time()) + at
        sent = {
            "webhook-id": message_id,
            "webhook-timestamp": str(stamp),
            "webhook-signature": sign(secret, message_id, stamp, signed),
        } | {name.replace("_", "-"): value for name, value in headers.items()}
        present = {name: value for name, value in sent.items() if value is not None}
        return client.post(f"/api/v1/hooks/dutchie/{place}/", body, content_type="application/json", headers=present)

    return post


def effects() -> tuple[int, int]:
    with everyone("test"):
        return Job.objects.count(), InboundHook.objects.count()


def test_fc44_a_hint_that_came_a_thousand_times_has_one_effect(hook):
    answers = {hook(message_id="msg_1").status_code for _ in range(1000)}

    assert answers == {202, 200}
    assert effects() == (1, 1)
    with everyone("test"):
        job = Job.objects.get()
    assert (job.name, job.kwargs["trigger"]) == ("catalog.sync_inventory", "hint")
    assert "999999" not in json.dumps(job.kwargs)


@pytest.mark.parametrize(
    "wrong",
    [
        {"at": -301},
        {"at": 301},
        {"signed": b""},
        {"body": BODY.replace(b"999", b"998")},
        {"body": json.dumps(json.loads(BODY), separators=(",", ":")).encode()},
        {"webhook_signature": None},
        {"webhook_id": None},
        {"webhook_timestamp": None},
        {"webhook_timestamp": "soon"},
        {"webhook_signature": "v1,"},
        {"webhook_signature": sign(SECRET, "other", 1, BODY).upper()},
        {"secret": "whsec_" + base64.b64encode(b"x" * 32).decode()},
        {"body": b"{not json", "signed": b"[]"},
    ],
    ids=str,
)
def test_fc44_a_wrong_signature_is_401_and_leaves_nothing(hook, wrong):
    answer = hook(**wrong)

    assert answer.status_code == 401
    assert answer.json()["code"] == "bad-signature"
    assert set(answer.json()) == {"type", "code", "title", "status", "detail"}
    assert effects() == (0, 0)


def test_fc44_too_large_a_body_is_413(hook):
    big = b'"' + b"x" * 1_100_000 + b'"'

    assert hook(body=big, signed=big).status_code == 413
    assert effects() == (0, 0)


def test_fc44_one_right_signature_among_several_is_enough(hook):
    stamp = int(time.time())
    both = f"{sign(OLD, 'm', stamp, BODY)} {sign(SECRET, 'm', stamp, BODY)}"

    answer = hook(message_id="m", webhook_timestamp=str(stamp), webhook_signature=both)

    assert answer.status_code == 202


def test_fc44_the_old_secret_holds_while_it_is_being_replaced_and_not_after(hook, cast):
    old = make.credential(location=cast.place, key=OLD, kind=Credential.Kind.DUTCHIE_WEBHOOK_OLD)
    assert hook(secret=OLD).status_code == 202

    with everyone("test"):
        old.delete()

    assert hook(secret=OLD).status_code == 401


def test_another_locations_secret_opens_nothing_here(hook, cast):
    other = make.location(organization=cast.stranger)
    make.credential(location=other, key=OLD, kind=Credential.Kind.DUTCHIE_WEBHOOK)

    assert hook(secret=OLD).status_code == 401
    assert hook(secret=SECRET, place=other.pk).status_code == 401


def test_who_can_not_sign_does_not_learn_whether_a_location_is_there(hook, cast):
    silent = make.location(organization=cast.wholesaler)
    closed = make.location(organization=cast.wholesaler, is_active=False)
    make.credential(location=closed, key=SECRET, kind=Credential.Kind.DUTCHIE_WEBHOOK)
    places = [cast.place.pk, silent.pk, closed.pk, "5e0c9f0e-0000-4000-8000-000000000000"]

    for wrong in ({"secret": OLD}, {"webhook_signature": None}, {"at": 301}):
        told = [hook(place=place, **wrong) for place in places]
        assert {(answer.status_code, answer.content, answer["Content-Type"]) for answer in told} == {
            (401, told[0].content, "application/problem+json")
        }
    assert [hook(place=place).status_code for place in places] == [202, 401, 401, 401]
    assert effects() == (1, 1)


def test_a_flood_is_429_with_a_time_to_come_back(hook):
    codes = [hook().status_code for _ in range(PER_MINUTE + 1)]

    assert codes[:-1] == [202] * PER_MINUTE
    assert codes[-1] == 429


def test_a_secret_signs_as_the_standard_says():
    """The example of the Standard Webhooks documents."""
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'

    signed = sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)

    assert signed == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
