"""The review page without a script: evidence and effects first, each answer a form; and the pages of held runs."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.catalog import actions
from apps.catalog.models import HeldSnapshot, ProductLink, QuarantinedRow, RejectedPair
from apps.core.models import AuditEntry, Job
from apps.core.scope import everyone, scope
from tests import make

PAGE = "/admin/catalog/productlink/review/"


@pytest.fixture
def ours(cast):
    product = make.product(organization=cast.wholesaler, sku="CH-0355", name="Blue Slate", unit_weight="3.5")
    make.stock(location=cast.place, product=product, quantity="120", price="14.50")
    return product


@pytest.fixture
def doubt(cast, ours):
    heavy = make.product(organization=cast.wholesaler, sku="CH-0356", name="Blue Slate 7 g", unit_weight="7")
    link = make.link(
        organization=cast.wholesaler,
        source_name="Cinder - Blue Slate <b>Reserve</b>",
        source={"brand": "Cinder", "weight": "3.5"},
        reason="The name is near, not the same.",
        candidates=[
            {"product": str(ours.pk), "score": 91, "why": "", "veto": ""},
            {"product": str(heavy.pk), "score": None, "why": "", "veto": ""},
        ],
    )
    make.stock(location=cast.place, link=link, quantity="48", price="14.20")
    return link


@pytest.fixture
def later(cast, doubt):
    return make.link(organization=cast.wholesaler, source_name="A later one")


def test_an_empty_queue_says_so(cast, client_of):
    assert "No match waits" in client_of(cast.seller).get(PAGE).content.decode()


def test_the_oldest_comes_with_evidence_a_veto_in_words_and_effects_before_the_button(doubt, later, cast, client_of):
    text = client_of(cast.seller).get(PAGE).content.decode()

    for said in ("1 of 2", "conflict: 3.5 g sent", "Ruled out", "If you link CH-0355", "168 units", "Link to CH-0355"):
        assert said in text, said
    assert "Cinder - Blue Slate &lt;b&gt;Reserve&lt;/b&gt;" in text
    assert doubt.reason in text
    assert text.index("168 units") < text.index("Link to CH-0355")


def test_picking_another_shows_what_that_would_do(doubt, cast, client_of):
    heavy = doubt.candidates[1]["product"]
    text = client_of(cast.seller).get(f"{PAGE}{doubt.pk}/?pick={heavy}").content.decode()

    assert "If you link CH-0356" in text
    assert "new line" in text


def test_a_decision_by_form_goes_on_to_the_next_and_offers_undo(doubt, later, ours, cast, client_of):
    client = client_of(cast.seller)
    answer = client.post(f"{PAGE}{doubt.pk}/link/", {"product": ours.pk}, follow=True)

    assert answer.redirect_chain[-1][0] == f"{PAGE}{later.pk}/"
    text = answer.content.decode()
    assert "to CH-0355. 48 units joined." in text
    undone = client.post(f"{PAGE}undo/", follow=True)
    assert undone.redirect_chain[-1][0] == f"{PAGE}{doubt.pk}/"
    with everyone("test"):
        assert ProductLink.objects.waiting().count() == 2
    assert "nothing left to undo" in client.post(f"{PAGE}undo/", follow=True).content.decode()


def test_new_skip_and_reject_by_form(doubt, later, ours, cast, client_of):
    client = client_of(cast.seller)
    stays = client.post(f"{PAGE}{doubt.pk}/reject/", {"product": ours.pk}, follow=True)
    assert stays.redirect_chain[-1][0] == f"{PAGE}{doubt.pk}/"
    assert "never proposed again" in stays.content.decode()
    skipped = client.post(f"{PAGE}{doubt.pk}/skip/", follow=True)
    assert skipped.redirect_chain[-1][0] == f"{PAGE}{later.pk}/"
    client.post(f"{PAGE}{later.pk}/new/")
    with everyone("test"):
        assert RejectedPair.objects.count() == 1
        assert ProductLink.objects.get(pk=later.pk).method == "person"


def test_who_comes_second_reads_who_was_first_and_loses_nothing(doubt, ours, cast, client_of):
    colleague = make.user(email="anna@northlight.test", at=cast.wholesaler, staff=True)
    with scope(cast.wholesaler, user=colleague.pk):
        actions.link(link=doubt, product=ours, by=colleague)
    answer = client_of(cast.seller).post(f"{PAGE}{doubt.pk}/new/", {"q": "slate"}, follow=True)

    assert answer.redirect_chain[-1][0] == f"{PAGE}{doubt.pk}/?q=slate"
    assert "anna@northlight.test linked it at" in answer.content.decode()
    assert "Your decision was not saved." in answer.content.decode()


def test_another_product_is_found_by_sku_or_name(doubt, cast, client_of):
    make.product(organization=cast.wholesaler, sku="XY-1", name="Something quite different")
    make.product(organization=cast.stranger, name="Something of a stranger")
    client = client_of(cast.seller)

    for q in ("XY-1", "quite diff"):
        text = client.get(f"{PAGE}{doubt.pk}/", {"q": q}).content.decode()
        assert "Something quite different" in text
        assert "a stranger" not in text
    assert "No other product has “zzz”" in client.get(f"{PAGE}{doubt.pk}/?q=zzz").content.decode()


def test_the_page_is_the_organizations_own(doubt, ours, cast, client_of):
    rival = make.user(at=cast.stranger, role="owner", staff=True)
    retailer = make.user(at=cast.retailer, role="owner", staff=True)

    for person in (rival, retailer):
        client = client_of(person)
        assert client.get(f"{PAGE}{doubt.pk}/").status_code == 404
        assert client.post(f"{PAGE}{doubt.pk}/new/").status_code == 404
        assert "No match waits" in client.get(PAGE).content.decode()
    assert client_of(cast.seller).get(f"{PAGE}{doubt.pk}/new/").status_code == 404
    assert client_of(cast.seller).post(f"{PAGE}{doubt.pk}/link/", {"product": "x"}).status_code == 404
    assert client_of(cast.buyer).get(PAGE).status_code == 302


def test_a_superusers_decision_stands_in_the_organizations_own_trail(doubt, ours, cast, client_of):
    root = make.user(email="root@reup.test", staff=True, superuser=True)
    client_of(root).post(f"{PAGE}{doubt.pk}/link/", {"product": ours.pk})

    with everyone("test"):
        entry = AuditEntry.objects.get(action="match.linked")
    assert (entry.organization_id, entry.actor) == (cast.wholesaler.pk, "root@reup.test")


def test_the_page_takes_the_same_number_of_queries_however_many_wait(doubt, later, cast, client_of):
    client = client_of(cast.seller)
    client.get(PAGE)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            client.get(f"{PAGE}{doubt.pk}/?q=slate")
        return len(seen)

    few = queries()
    for n in range(12):
        product = make.product(organization=cast.wholesaler, name=f"Slate {n}", brand=f"B{n}", category=f"C{n}")
        make.stock(location=cast.place, product=product)
        make.link(organization=cast.wholesaler)
        with everyone("test"):
            doubt.candidates.append({"product": str(product.pk), "score": n, "why": "", "veto": ""})
            doubt.save()
    assert queries() == few
    assert few < 40


@pytest.fixture
def held(cast):
    run = make.run(location=cast.place, state="held", error="Dutchie sent 0 rows where about 4,812 were expected.")
    with everyone("test"):
        return HeldSnapshot.objects.create(
            organization=cast.wholesaler,
            location=cast.place,
            run=run,
            reasons=[{"kind": "gone", "text": "4,812 packages would vanish."}],
            counts={"gone": 4812},
            differences={
                "gone": [{"name": "=Blue Slate", "sku": "CH-1", "quantity": "120", "unit": "ea"}],
                "changed": [],
            },
        )


def test_a_held_run_is_compared_and_released_with_a_reason(held, cast, client_of):
    client, path = client_of(cast.seller), f"/admin/core/syncrun/{held.run_id}"
    banner = client.get(f"{path}/change/").content.decode()
    assert f"{path}/held/" in banner
    text = client.get(f"{path}/held/").content.decode()
    for said in ("4,812 packages would vanish.", "=Blue Slate", "1 of 4,812", "Release · 4812 packages vanish"):
        assert said in text, said

    assert "Say why" in client.post(f"{path}/release/verb/", {"reason": ""}, follow=True).content.decode()
    client.post(f"{path}/release/verb/", {"reason": "The shop has closed."})
    with everyone("test"):
        held.refresh_from_db()
        assert Job.objects.get().kwargs["release"] == held.pk
    assert (held.state, held.why) == ("released", "The shop has closed.")


def test_staff_may_discard_and_not_release_and_strangers_find_nothing(held, cast, client_of):
    path = f"/admin/core/syncrun/{held.run_id}"
    helper = client_of(make.user(at=cast.wholesaler, role="staff", staff=True))
    stranger = client_of(make.user(at=cast.retailer, role="owner", staff=True))

    assert "Only an owner" in helper.get(f"{path}/held/").content.decode()
    assert "Only an owner" in helper.post(f"{path}/release/verb/", {"reason": "x"}, follow=True).content.decode()
    assert stranger.get(f"{path}/held/").status_code == 404
    assert stranger.post(f"{path}/discard/verb/").status_code == 404
    helper.post(f"{path}/discard/verb/")
    with everyone("test"):
        held.refresh_from_db()
    assert held.state == "discarded"


def test_a_held_snapshot_is_one_alarm_on_the_home_page_and_marks_the_shelf_as_stale(held, ours, cast, client_of):
    make.run(location=cast.place)
    second = make.run(location=cast.place, state="held", error="Dutchie sent 0 rows.")
    home = client_of(cast.seller).get("/admin/")
    queue = next(one for one in home.context["work"] if "Held" in one["label"])

    assert queue["count"] == 1
    assert second.pk > held.run_id
    assert 'data-fresh="stale"' in client_of(cast.buyer).get("/portal/catalog/").content.decode()


@pytest.fixture
def row(cast):
    with everyone("test"):
        return QuarantinedRow.objects.create(
            organization=cast.wholesaler,
            location=cast.place,
            run=make.run(location=cast.place, state="completed_with_quarantine"),
            source="/reporting/inventory",
            position=7,
            fingerprint="f" * 32,
            raw=b'{"sku": "PL-0199", "unitPrice": -4}',
            reasons=[{"code": "number.out_of_range", "field": "unitPrice", "text": "The number is below zero."}],
            last_seen_at=timezone.now(),
        )


def test_a_row_is_ignored_with_a_reason_opened_again_and_replayed(row, cast, client_of):
    client, path = client_of(cast.seller), f"/admin/catalog/quarantinedrow/{row.pk}"
    assert "Replay" in client.get(f"{path}/change/").content.decode()
    assert "Say why" in client.post(f"{path}/ignore/verb/", {"reason": " "}, follow=True).content.decode()
    assert "is ignored" in client.post(f"{path}/ignore/verb/", {"reason": "A sample."}, follow=True).content.decode()
    assert "is open again" in client.post(f"{path}/reopen/verb/", follow=True).content.decode()
    with everyone("test"):
        row.run.__class__.objects.update(started_at="2026-01-01T00:00:00Z")
    assert "will be read again" in client.post(f"{path}/replay/verb/", follow=True).content.decode()
    assert client.get(f"{path}/replay/verb/").status_code == 404
    with everyone("test"):
        assert Job.objects.filter(name="catalog.sync_inventory").count() == 1


def test_all_rows_of_a_run_are_replayed_from_its_page_where_their_skus_stand(row, cast, client_of):
    client, path = client_of(cast.seller), f"/admin/core/syncrun/{row.run_id}"
    with everyone("test"):
        row.run.__class__.objects.update(started_at="2026-01-01T00:00:00Z")
    text = client.get(f"{path}/change/").content.decode()

    assert "PL-0199" in text
    assert f"{path}/replay/verb/" in text
    client.post(f"{path}/replay/verb/")
    with everyone("test"):
        assert AuditEntry.objects.get(action="quarantine.replayed").data["rows"] == [row.pk]
