"""A POST that comes twice with one Idempotency-Key has one effect and one answer, whatever happened in between."""

import json
import threading

import pytest
from django.db import connection

from apps.core.models import Answer, Slot
from apps.core.scope import everyone
from tests.core import urls

pytestmark = [
    pytest.mark.engines,
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("tests.core.urls"),
]
TAKE = "/api/v1/test/take/"


@pytest.fixture
def api(client_of, cast):
    return client_of(cast.buyer, raise_request_exception=False)


def take(api, key="k-1", what="a", then=""):
    headers = {"Idempotency-Key": key} if key else {}
    address = f"{TAKE}?then={then}" if then else TAKE
    return api.post(address, json.dumps({"what": what}), content_type="application/json", headers=headers)


def effects() -> int:
    return Slot.objects.count()


def test_a_repeated_call_gets_the_first_answer_to_the_byte_and_does_nothing(api):
    first, again = take(api), take(api)

    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first["Content-Type"] == again["Content-Type"]
    assert (first["Location"], first["ETag"]) == (again["Location"], again["ETag"])
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert effects() == 1
    assert json.loads(first.content)["at"] == "2026-01-01T00:00:00Z"


def test_without_a_key_the_call_is_refused_where_one_is_required(api):
    answer = take(api, key="")

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-missing")
    assert effects() == 0


def test_without_a_key_the_call_passes_where_none_is_required(api):
    assert api.post("/api/v1/test/take-maybe/", "{}", content_type="application/json").json() == {"key": ""}


def test_a_key_of_more_than_255_characters_is_refused(api):
    assert take(api, key="k" * 256).json()["code"] == "idempotency-key-too-long"
    assert take(api, key="k" * 255).status_code == 201


def test_the_same_key_with_another_body_is_422(api):
    take(api, what="a")
    answer = take(api, what="b")

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-mismatch")
    assert effects() == 1


def test_the_same_key_at_another_address_is_422(api):
    take(api)

    assert take(api, then="nothing").status_code == 422


def test_another_persons_same_key_is_another_key(api, client_of, cast):
    other = client_of(cast.seller)
    first, second = take(api, what="a"), take(other, what="b")

    assert first.status_code == second.status_code == 201
    assert first.content != second.content
    assert effects() == 2


def test_a_refusal_changes_nothing_and_its_key_may_come_again(api):
    refused = take(api, then="refuse")

    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient-stock")
    assert refused.json()["errors"] == {"lines[0].quantity": ["3"]}
    assert effects() == 0
    with everyone("test"):
        assert Answer.objects.get().status == 0
    assert take(api, then="refuse").status_code == 409


def test_a_refusing_answer_undoes_the_work_like_a_raised_refusal(api):
    assert take(api, then="answer 409").status_code == 409
    assert effects() == 0


def test_a_crash_in_the_work_leaves_no_effect_and_no_answer(api):
    assert take(api, then="break").status_code == 500
    assert effects() == 0
    with everyone("test"):
        assert Answer.objects.get().status == 0


def test_a_crash_between_commit_and_answer_is_made_good_by_the_repeated_call(api):
    assert take(api, then="crash").status_code == 500
    assert effects() == 1

    again = take(api, then="crash")

    assert again.status_code == 201
    assert effects() == 1


def test_a_lock_the_work_ran_into_is_not_mistaken_for_a_call_in_progress(api):
    assert take(api, then="locked").status_code == 503


def test_while_the_first_call_is_at_work_the_second_is_409(client_of, cast):
    urls.begun.clear()
    urls.go_on.clear()
    clients = [client_of(cast.buyer), client_of(cast.buyer)]
    answers = []

    def first():
        answers.append(take(clients[0], then="wait"))
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert urls.begun.wait(10)
    second = take(clients[1], then="wait")
    urls.go_on.set()
    thread.join()

    assert (second.status_code, second.json()["code"]) == (409, "idempotency-in-progress")
    assert answers[0].status_code == 201
    assert take(clients[1], then="wait").content == answers[0].content
    assert effects() == 1


def test_eight_calls_at_once_with_one_key_have_one_effect(client_of, cast):
    clients = [client_of(cast.buyer) for _ in range(8)]
    answers, together = [], threading.Barrier(8)

    def call(client):
        together.wait()
        answers.append(take(client))
        connection.close()

    threads = [threading.Thread(target=call, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert effects() == 1
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1


def test_after_72_hours_a_key_is_new_again(api):
    take(api)
    with everyone("test"):
        Answer.objects.update(at="2026-01-01T00:00Z")

    assert take(api, what="b").status_code == 201
