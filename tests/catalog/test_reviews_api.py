"""Matches that wait, as JSON: the queue, one match with evidence and effects, and decisions about it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.catalog.models import Alias, MatchDecision, ProductLink
from apps.core.scope import everyone
from tests import make

API = "/api/v1/match-reviews/"


@pytest.fixture
def ours(cast):
    product = make.product(organization=cast.wholesaler, sku="CH-0355", name="Blue Slate", brand="Cinder Hollow")
    make.stock(location=cast.place, product=product, quantity="12", price="14.50")
    return product


@pytest.fixture
def doubt(cast, ours):
    link = make.link(
        organization=cast.wholesaler,
        source_name="Cinder Hollow - Blue Slate Reserve",
        source={"brand": "Cinder Hollow", "weight": "3.5"},
        candidates=[{"product": str(ours.pk), "score": 91, "why": "Words agree 88.", "veto": ""}],
    )
    make.stock(location=cast.place, link=link, quantity="8", price="14.20")
    return link


def decide(client, link, key="", **body):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{API}{link.pk}/decisions/", body, content_type="application/json", headers=headers)


def test_the_queue_comes_oldest_first_with_why_each_waits(doubt, cast, client_of):
    make.link(organization=cast.wholesaler, source_name="Later")
    client = client_of(cast.seller)
    first, second = client.get(API).json()["results"]

    assert (first["id"], first["state"], first["name"]) == (doubt.pk, "review", doubt.source_name)
    assert (first["product"], first["decided_at"], first["reason"]) == (None, None, doubt.reason)
    assert second["name"] == "Later"
    assert client.get(f"{API}?page_size=1").json()["next"]
    assert client.get(f"{API}?colour=red").status_code == 400


def test_one_match_tells_evidence_and_effects_before_anything_is_decided(doubt, ours, cast, client_of):
    told = client_of(cast.seller).get(f"{API}{doubt.pk}/").json()
    (candidate,) = told["candidates"]
    verdicts = {row["field"]: (row["verdict"], row["words"]) for row in candidate["evidence"]}

    assert (candidate["product"], candidate["score"], candidate["veto"]) == (str(ours.pk), "91.00", "")
    assert verdicts["Brand"] == ("same", "same")
    assert verdicts["Name"][0] == "differs"
    assert verdicts["Weight"] == ("none", "not known here")
    (line,) = candidate["effects"]["lines"]
    assert (line["before"], line["after"]) == ("12.0000", "20.0000")
    assert (told["new"]["packages"], told["new"]["learned"]) == (1, doubt.source_name)
    assert told["decision"] is None


def test_a_decision_links_and_its_key_answers_the_same_again(doubt, ours, cast, client_of):
    client = client_of(cast.seller)
    first = decide(client, doubt, key="k1", action="link", product=str(ours.pk))
    again = decide(client, doubt, key="k1", action="link", product=str(ours.pk))

    assert (first.status_code, again.status_code, again.content) == (200, 200, first.content)
    assert first.json()["match"]["product"] == str(ours.pk)
    assert first.json()["decision"]["by"] == cast.seller.email
    with everyone("test"):
        assert MatchDecision.objects.count() == Alias.objects.count() == 1


def test_the_second_to_decide_gets_409_with_who_and_when(doubt, ours, cast, client_of):
    decide(client_of(cast.seller), doubt, action="new")
    colleague = make.user(at=cast.wholesaler, role="staff")
    answer = decide(client_of(colleague), doubt, action="link", product=str(ours.pk))

    assert (answer.status_code, answer.json()["code"]) == (409, "already-decided")
    assert f"{cast.seller.email} made it a new product at" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"action": "link"},
        {"action": "new", "product": "6f0c0000-0000-4000-8000-000000000000"},
        {"action": "eat"},
        {"action": "skip", "decision": 4},
        {"action": "undo", "why": "no"},
        {"action": "skip", "colour": "red"},
        {},
    ],
)
def test_a_malformed_decision_is_400_and_changes_nothing(doubt, cast, client_of, body):
    answer = decide(client_of(cast.seller), doubt, **body)

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    with everyone("test"):
        assert not MatchDecision.objects.exists()


def test_rejecting_skipping_and_undoing(doubt, ours, cast, client_of):
    client = client_of(cast.seller)
    assert decide(client, doubt, action="reject", product=str(ours.pk)).status_code == 200
    told = client.get(f"{API}{doubt.pk}/").json()
    assert (told["candidates"], told["rejected"]) == ([], [str(ours.pk)])
    assert decide(client, doubt, action="skip").status_code == 200
    for _ in range(2):
        assert decide(client, doubt, action="undo").json()["decision"]["undone_at"]
    assert decide(client, doubt, action="undo").json()["code"] == "nothing-to-undo"
    assert len(client.get(f"{API}{doubt.pk}/").json()["candidates"]) == 1


def test_strangers_and_connected_retailers_get_404_and_readers_may_not_decide(doubt, ours, cast, client_of):
    for person in (cast.outsider, cast.buyer):
        client = client_of(person)
        assert client.get(API).json()["results"] == []
        assert client.get(f"{API}{doubt.pk}/").status_code == 404
        assert decide(client, doubt, action="skip").status_code in (403, 404)
    rival = make.user(at=cast.stranger, role="owner")
    assert decide(client_of(rival), doubt, action="skip").status_code == 404
    viewer = client_of(make.user(at=cast.wholesaler, role="viewer"))
    assert viewer.get(f"{API}{doubt.pk}/").status_code == 200
    assert decide(viewer, doubt, action="skip").status_code == 403
    assert client_of().get(API).status_code == 401
    theirs = make.product(organization=cast.stranger)
    assert decide(client_of(cast.seller), doubt, action="link", product=str(theirs.pk)).status_code == 404
    with everyone("test"):
        assert ProductLink.objects.get().state == "review" if ProductLink.objects.count() == 1 else True


def test_one_match_takes_the_same_number_of_queries_with_nine_candidates(doubt, cast, client_of):
    client = client_of(cast.seller)
    client.get(API)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(f"{API}{doubt.pk}/").status_code == 200
        return len(seen)

    one = queries()
    with everyone("test"):
        more = [make.product(organization=cast.wholesaler, brand=f"Brand {n}", category=f"Kind {n}") for n in range(8)]
        for product in more:
            make.stock(location=cast.place, product=product)
        doubt.candidates += [{"product": str(item.pk), "score": None, "why": "", "veto": ""} for item in more]
        doubt.save()
    assert queries() == one
