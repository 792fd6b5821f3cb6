"""The retailer's pages: lists, one order, drafts and checkout, answers and receipts, as a browser asks for them."""

from datetime import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import License
from apps.compliance.models import Manifest
from apps.core.scope import everyone
from apps.orders.models import DeliveryRule, Invoice, Message, Order, Return, TradeTerms, finding
from apps.orders.views import lists
from tests import make
from tests.compliance.make import facility
from tests.orders.test_table import WAY

pytestmark = pytest.mark.django_db
ORDERS = "/portal/orders/"


@pytest.fixture
def buyer(market, client_of):
    return client_of(market.cast.buyer)


@pytest.fixture
def seller(market, client_of):
    return client_of(market.cast.seller)


def text_of(answer, status=200) -> str:
    text = answer.content.decode()
    assert answer.status_code == status, text[text.find("<main") :][:1500]
    return text


def line_of(order: Order, sku="FLOWER"):
    with everyone("test"):
        return order.lines.get(sku=sku)


def version_of(order: Order) -> int:
    with everyone("test"):
        return Order.objects.get(pk=order.pk).version


def countered(market, **proposed) -> Order:
    order = market.order(("FLOWER", 4), ("GUMMIES", 10))
    part = {"id": line_of(order).pk} | (proposed or {"quantity": Decimal(3)})
    return market.do(order, "counter", reason="OUT_OF_STOCK", text="Three are left.", lines=[part])


STATES = ["PENDING", "REVIEW", "ACCEPTED", "PREPARING", "SHIPPED", "DELIVERED", "CONFIRMED"]


@pytest.mark.parametrize("state", STATES)
def test_both_sides_read_an_order_in_every_state_and_a_stranger_never(market, buyer, seller, client_of, state):
    order = market.order(("FLOWER", 2), state=state)
    for client in (buyer, seller):
        assert f"Order {order.number}" in text_of(client.get(f"{ORDERS}{order.number}/"))
        text_of(client.get(f"{ORDERS}{order.number}/track/"))
    assert 'aria-current="step"' in text_of(buyer.get(f"{ORDERS}{order.number}/")) or state == "CONFIRMED"
    stranger = client_of(market.cast.outsider)
    for page in ("", "track/", "cancel/", "receive/", "docs/confirmation.pdf"):
        assert stranger.get(f"{ORDERS}{order.number}/{page}").status_code == 404


def test_the_list_has_tabs_with_counts_and_finds_by_number_sku_and_product(market, buyer, seller):
    draft = market.draft(("FLOWER", 1), title="Thanksgiving")
    order = market.order(("GUMMIES", 10))
    numbers = lambda answer: [one.number for one in answer.context["orders"]]  # noqa: E731
    assert numbers(buyer.get(ORDERS)) == [order.number]
    assert numbers(buyer.get(f"{ORDERS}?state=draft")) == [draft.number]
    assert {tab["name"]: tab["count"] for tab in buyer.get(ORDERS).context["tabs"]} == {
        "open": 1, "needs-you": 0, "draft": 1, "waiting": 1, "on-the-way": 0, "ended": 0, "all": 2,
    }  # fmt: skip
    for words, found in [(order.number, [order]), ("gummies", [order]), ("thanksg", [draft]), ("nothing", [])]:
        assert numbers(buyer.get(ORDERS, {"state": "all", "q": words})) == [one.number for one in found], words
    assert numbers(seller.get(f"{ORDERS}?state=needs-you")) == [order.number]
    assert numbers(seller.get(f"{ORDERS}?state=all")) == [order.number]


def test_the_list_goes_on_by_cursor_without_losing_or_doubling_a_row(market, buyer, monkeypatch):
    monkeypatch.setattr(lists, "SIZE", 2)
    made = [market.draft().number for _ in range(5)]
    seen, url = [], "?state=draft"
    while url:
        answer = buyer.get(ORDERS + url)
        seen += [one.number for one in answer.context["orders"]]
        url = answer.context["next"]
    assert seen == made[::-1]


def test_what_nobody_counts_any_more_is_not_counted(market, buyer, monkeypatch):
    monkeypatch.setattr(finding, "MOST_COUNTED", 3)
    for made in range(4):
        tabs = {tab["name"]: tab["count"] for tab in buyer.get(ORDERS).context["tabs"]}
        assert (tabs["draft"], tabs["all"], tabs["open"]) == ((made, made, 0) if made < 3 else ("3+", "3+", 0))
        market.draft()


def counted(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        text_of(client.get(path))
    return len(queries)


def test_pages_ask_as_often_for_many_rows_as_for_few(market, buyer):
    for number in range(6):
        product = make.product(organization=market.cast.wholesaler, sku=f"P{number}")
        make.stock(location=market.cast.place, product=product, price="5.00")
    small = market.draft(("FLOWER", 1), ("GUMMIES", 1))
    many = market.draft(("FLOWER", 1), *[(f"P{number}", 1) for number in range(6)])
    few = counted(buyer, f"{ORDERS}?state=draft")
    pages = ["", "submit/"]
    of_small = [counted(buyer, f"{ORDERS}{small.number}/{page}") for page in pages]
    assert [counted(buyer, f"{ORDERS}{many.number}/{page}") for page in pages] == of_small
    for order in (small, many):
        market.do(order, "submit", signed_by="B")
    pages = ["", "reorder/", "cancel/"]
    of_small = [counted(buyer, f"{ORDERS}{small.number}/{page}") for page in pages]
    assert [counted(buyer, f"{ORDERS}{many.number}/{page}") for page in pages] == of_small
    for _ in range(4):
        market.draft(("GUMMIES", 1))
    assert counted(buyer, f"{ORDERS}?state=draft") == few


def test_a_counter_offer_stands_as_a_redline_and_approving_it_makes_it_the_order(market, buyer):
    order = countered(market)
    text = text_of(buyer.get(f"{ORDERS}{order.number}/"))
    for told in (
        "proposes changes",
        "Three are left.",
        "1 line differs",
        "Approve changes · $155.00",
        "Keep the original",
    ):
        assert told in text
    answer = buyer.post(f"{ORDERS}{order.number}/answer/approve/", {"version": order.version})
    assert answer.url == f"{ORDERS}{order.number}/"
    assert market.fresh(order).state == "ACCEPTED"


def test_a_short_pick_is_asked_on_the_page_and_approved_while_the_order_is_prepared(market, buyer):
    order = market.order(("FLOWER", 4), state="PREPARING")
    picked = [{"id": line_of(order).pk, "picked": Decimal(3)}]
    order = market.do(order, "short_pick", reason="DAMAGED", text="One jar broke.", lines=picked)
    page = f"{ORDERS}{order.number}/"
    assert "Approve the amendment · $60.00" in text_of(buyer.get(page))
    buyer.post(f"{page}answer/approve_amend/", {"version": order.version})
    assert (market.fresh(order).total, market.standing()) == (Decimal("60.00"), (0, 3, 0, 7))


def test_keeping_the_original_sends_it_back_to_review(market, buyer):
    order = countered(market)
    buyer.post(f"{ORDERS}{order.number}/answer/decline/", {"version": order.version, "keep": "yes"})
    assert market.fresh(order).state == "REVIEW"


def test_an_answer_from_a_stale_page_is_refused_with_who_changed_it_and_the_page_as_it_is_now(market, buyer):
    order = countered(market)
    market.do(order, "withdraw")
    answer = buyer.post(f"{ORDERS}{order.number}/answer/approve/", {"version": order.version})
    text = text_of(answer, 412)
    assert "The order changed while you were looking" in text
    assert f"Last changed by {market.cast.seller.email}" in text
    assert market.fresh(order).state == "REVIEW"


def test_a_form_without_its_version_moves_nothing(market, buyer):
    order = countered(market)
    text_of(buyer.post(f"{ORDERS}{order.number}/answer/approve/"), 412)
    assert market.fresh(order).state == "COUNTERED"


def test_the_other_side_and_a_viewer_cannot_answer(market, seller, client_of):
    order = countered(market)
    viewer = client_of(make.user(at=market.cast.retailer, role="viewer"))
    for client in (seller, viewer):
        sent = {"version": order.version}
        assert client.post(f"{ORDERS}{order.number}/answer/approve/", sent).status_code == 403
    assert market.fresh(order).state == "COUNTERED"
    assert viewer.post(f"{ORDERS}{order.number}/messages/", {"text": "Hello"}).status_code == 403


def test_messages_are_read_by_both_sides_and_internal_ones_by_ones_own(market, buyer, seller):
    order = market.order()
    page = f"{ORDERS}{order.number}/"
    buyer.post(f"{page}messages/", {"text": "Keep the gummies whole."})
    buyer.post(f"{page}messages/", {"text": "They are slow.", "internal": "yes"})
    assert "They are slow." in text_of(buyer.get(page))
    theirs = text_of(seller.get(page))
    assert "Keep the gummies whole." in theirs
    assert "They are slow." not in theirs
    assert "Write something first." in text_of(buyer.post(f"{page}messages/", {"text": "  "}), 422)
    assert "at most 4000 characters" in text_of(buyer.post(f"{page}messages/", {"text": "x" * 4001}), 422)
    with everyone("test"):
        assert Message.objects.count() == 2


def test_cancelling_tells_its_effects_first_and_writes_nothing_until_confirmed(market, buyer):
    order = market.order(("FLOWER", 4))
    page = f"{ORDERS}{order.number}/cancel/"
    assert "4 units go back to Northlight Supply Co." in text_of(buyer.get(page))
    assert market.standing() == (4, 0, 0, 6)
    buyer.post(page, {"version": order.version, "reason": "CHANGED_MIND"})
    assert (market.fresh(order).state, market.standing()) == ("CANCELLED", (0, 0, 0, 10))


def test_after_picking_has_started_one_asks_to_cancel(market, buyer):
    order = market.order(("FLOWER", 4), state="PREPARING")
    page = f"{ORDERS}{order.number}/"
    assert "Picking has started." in text_of(buyer.get(page))
    text_of(buyer.post(f"{page}cancel/", {"version": order.version}), 409)
    kept = text_of(buyer.post(f"{page}ask-to-cancel/", {"version": order.version}), 422)
    assert "Give a reason." in kept
    buyer.post(f"{page}ask-to-cancel/", {"version": order.version, "text": "We closed."})
    assert market.fresh(order).cancel_requested


def test_receipt_is_confirmed_by_line_and_less_needs_its_reason(market, buyer):
    order = market.order(("FLOWER", 4), state="DELIVERED")
    page, line = f"{ORDERS}{order.number}/receive/", line_of(order)
    sent = {"version": order.version, f"q-{line.pk}": "3"}
    text = text_of(buyer.post(page, sent), 422)
    assert "Say why Blue Dream 3.5g was not received in full." in text
    assert 'value="3"' in text
    buyer.post(page, sent | {f"why-{line.pk}": "One jar broken"})
    with everyone("test"):
        assert Invoice.objects.get(order=order).credited == Decimal("20.00")
    assert (market.fresh(order).state, line_of(order).received) == ("CONFIRMED", 3)


def test_a_delivery_is_disputed_by_line_and_settled_on_the_page(market, buyer):
    order = market.order(("FLOWER", 4), state="DELIVERED")
    page, line = f"{ORDERS}{order.number}/", line_of(order)
    sent = {"version": order.version, "text": "Two are stale."}
    assert "Tick the lines" in text_of(buyer.post(f"{page}dispute/", sent), 422)
    buyer.post(f"{page}dispute/", sent | {f"on-{line.pk}": "yes", f"why-{line.pk}": "stale"})
    order = market.do(order, "resolve", text="We credit two.", credit=Decimal("40.00"))
    assert "proposes a settlement" in text_of(buyer.get(page))
    buyer.post(f"{page}answer/settle/", {"version": order.version})
    assert market.fresh(order).state == "CONFIRMED"


def test_goods_are_asked_to_go_back_after_confirming(market, buyer):
    order = market.order(("FLOWER", 4), state="CONFIRMED")
    sent = {"version": order.version, f"q-{line_of(order).pk}": "2", "text": "Wrong strain."}
    buyer.post(f"{ORDERS}{order.number}/return/", sent)
    with everyone("test"):
        assert Return.objects.get(order=order).units == 2


def test_adding_from_the_catalog_opens_a_draft_and_adds_to_it(market, buyer):
    catalog = text_of(buyer.get("/portal/catalog/"))
    assert 'name="q-FLOWER"' in catalog
    assert "No draft open" in catalog
    for _ in range(2):
        sent = {
            "place": market.cast.place.pk,
            "sku": "FLOWER",
            "q-FLOWER": "2",
            "q-GUMMIES": "9",
            "next": "/portal/catalog/?q=a",
        }
        assert buyer.post(f"{ORDERS}add/", sent).url == "/portal/catalog/?q=a"
    with everyone("test"):
        draft = Order.objects.get()
        assert [(line.sku, line.ordered) for line in draft.lines.all()] == [("FLOWER", 4)]
    assert "Review draft" in text_of(buyer.get("/portal/catalog/"))
    assert buyer.post(f"{ORDERS}add/", {"next": "https://elsewhere.test/"}).url == "/portal/catalog/"
    assert market.standing() == (0, 0, 0, 10)


def test_what_is_added_goes_to_the_draft_that_was_chosen(market, buyer):
    first, second = market.draft(("GUMMIES", 1), title="First"), market.draft(title="Second")
    buyer.post(f"{ORDERS}{first.number}/use/")
    buyer.post(f"{ORDERS}add/", {"place": market.cast.place.pk, "sku": "FLOWER", "quantity": "1"})
    with everyone("test"):
        assert (first.lines.count(), second.lines.count()) == (2, 0)


def test_a_draft_is_edited_renamed_and_a_line_taken_out(market, buyer):
    draft = market.draft(("FLOWER", 4), ("GUMMIES", 10))
    page = f"{ORDERS}{draft.number}/"
    flower, gummies = line_of(draft), line_of(draft, "GUMMIES")
    sent = {
        "version": draft.version,
        f"q-{flower.pk}": "6",
        "title": "Weekend",
        "po_number": "7781",
        "note": "",
        "on_short": "ASK",
    }
    buyer.post(f"{page}edit/", sent)
    fresh = market.fresh(draft)
    assert (fresh.title, fresh.po_number, fresh.total) == ("Weekend", "7781", Decimal("215.00"))
    text = text_of(buyer.post(f"{page}edit/", {"version": fresh.version, f"q-{flower.pk}": "six"}), 422)
    assert "“six” is not a quantity" in text
    assert 'value="six"' in text
    buyer.post(f"{page}edit/", {"version": fresh.version, "remove": str(gummies.pk)})
    with everyone("test"):
        assert list(draft.lines.values_list("sku", flat=True)) == ["FLOWER"]
    text_of(buyer.post(f"{page}edit/", {"version": 1, f"q-{flower.pk}": "7"}), 412)


def test_a_changed_price_stands_beside_the_old_one_until_it_is_accepted(market, buyer):
    draft = market.draft(("FLOWER", 4), ("GUMMIES", 10))
    page, gummies = f"{ORDERS}{draft.number}/", line_of(draft, "GUMMIES")
    make.price_list(seller=market.cast.wholesaler, buyers=[market.cast.retailer], rows=[(market.flower, 0, "22.00")])
    text = text_of(buyer.get(page))
    for told in ("1 price changed", "$20.00", "$22.00", "Accept the new prices"):
        assert told in text
    buyer.post(f"{page}edit/", {"version": draft.version, f"q-{gummies.pk}": "12"})
    assert line_of(draft).price == Decimal("20.00")
    assert "Prices changed since you looked" in text_of(
        buyer.post(f"{page}submit/", {"version": version_of(draft), "signed_by": "B. Uyer", "on_short": "ASK"}), 409
    )
    buyer.post(f"{page}edit/", {"version": version_of(draft), "accept": "prices"})
    assert line_of(draft).price == Decimal("22.00")


@pytest.fixture
def terms(market):
    with everyone("test"):
        sides = {"seller": market.cast.wholesaler, "buyer": market.cast.retailer}
        TradeTerms.objects.create(**sides, payment="NET_30", credit_limit=Decimal("100"), order_minimum=Decimal("500"))
        DeliveryRule.objects.create(
            location=market.cast.place, weekdays=[1, 2, 3, 4, 5], windows=["08:00-10:00"], cutoff=time(15), lead_days=1
        )


def test_checkout_names_everything_that_stands_against_it_with_where_to_mend_it(market, buyer, terms):
    make.pack(product=market.gummies, multiple="10")
    draft = market.draft(("FLOWER", 12), ("GUMMIES", 15))
    page = f"{ORDERS}{draft.number}/"
    for text in (text_of(buyer.get(page)), text_of(buyer.get(f"{page}submit/"))):
        for told, where in [
            ("Only 10 of Blue Dream 3.5g left; you asked for 12.", f"#line-{line_of(draft).pk}"),
            ("is sold in cases of 10. Nearest: 10 or 20.", f"#line-{line_of(draft, 'GUMMIES').pk}"),
            ("Add $117.50 more to reach the $500.00 minimum.", "#minimum"),
            ("above your available credit", "#credit"),
        ]:
            assert told in text, told
            assert f'href="{where}"' in text


def test_submitting_asks_for_a_name_and_holds_the_goods_for_the_chosen_slot(market, buyer, terms):
    with everyone("test"):
        TradeTerms.objects.update(order_minimum=0)
    draft = market.draft(("FLOWER", 4))
    page = f"{ORDERS}{draft.number}/submit/"
    answer = buyer.get(page)
    slots = answer.context["cart"].open_slots
    sent = {"version": draft.version, "on_short": "SHIP_AVAILABLE", "terms": "NET_30", "slot": f"{slots[1].date} 08:00"}
    assert "Type your name" in text_of(buyer.post(page, sent), 422)
    assert market.standing() == (0, 0, 0, 10)
    buyer.post(page, sent | {"signed_by": "Robin Alvarez"})
    order = market.fresh(draft)
    told = (order.state, order.terms, order.on_short, order.deliver_from, order.terms_read_by)
    assert told == ("PENDING", "NET_30", "SHIP_AVAILABLE", slots[1].starts_at, "Robin Alvarez")
    assert market.standing() == (4, 0, 0, 6)


def test_who_comes_second_for_the_last_units_keeps_the_draft_and_is_told_how_many_are_left(market, buyer):
    market.order(("FLOWER", 7))
    draft = market.draft(("FLOWER", 4))
    sent = {"version": draft.version, "on_short": "ASK", "signed_by": "B. Uyer"}
    text = text_of(buyer.post(f"{ORDERS}{draft.number}/submit/", sent), 409)
    assert "Only 3" in text
    assert market.fresh(draft).state == "DRAFT"


def test_reordering_shows_what_changed_since_before_anything_is_in_a_draft(market, buyer):
    order = market.order(("FLOWER", 4), ("GUMMIES", 15), state="CONFIRMED")
    make.pack(product=market.gummies, multiple="10")
    make.price_list(seller=market.cast.wholesaler, buyers=[market.cast.retailer], rows=[(market.flower, 0, "22.00")])
    page = f"{ORDERS}{order.number}/reorder/"
    text = text_of(buyer.get(page))
    assert "2 lines differ from then" in text
    with everyone("test"):
        assert Order.objects.count() == 1
    buyer.post(page)
    with everyone("test"):
        draft = Order.objects.get(state="DRAFT")
        assert [(line.sku, line.ordered, line.price) for line in draft.lines.all()] == [
            ("FLOWER", 4, Decimal("22.00")),
            ("GUMMIES", 20, Decimal("9.50")),
        ]


def test_documents_are_pdf_where_they_are_made_and_a_sentence_where_not(market, buyer):
    order = market.order(("FLOWER", 4), state="SHIPPED")
    for kind in ("confirmation", "packing-list", "invoice"):
        answer = buyer.get(f"{ORDERS}{order.number}/docs/{kind}.pdf")
        assert answer.content.startswith(b"%PDF"), kind
    early = market.order(("GUMMIES", 10))
    assert buyer.get(f"{ORDERS}{early.number}/docs/invoice.pdf").url == f"{ORDERS}{early.number}/"
    assert "not made yet" in text_of(buyer.get(f"{ORDERS}{early.number}/"))


def test_home_tells_what_waits_for_a_retailer_most_urgent_first(market, buyer, seller):
    order = countered(market)
    delivered = market.order(("GUMMIES", 10), state="DELIVERED")
    text = text_of(buyer.get("/"))
    first, second = (
        f"Approve the changes to order {order.number}",
        f"Confirm what arrived with order {delivered.number}",
    )
    assert 0 < text.index(first) < text.index(second)
    assert "Needs you" not in text_of(seller.get("/"))


def test_a_wholesalers_people_are_sent_from_buying_to_their_orders(market, seller):
    for path in (f"{ORDERS}new/", "/portal/quick-order/"):
        assert seller.get(path).url == ORDERS


def test_the_retailer_reads_the_manifest_once_it_is_filed_and_not_while_it_is_voided(market, buyer, client_of):
    order = market.order(("FLOWER", 10), state="PREPARING")  # the whole package: a part would need a tag
    with everyone("test"):
        number = License.objects.get(location=market.cast.place).number
    facility(place=market.cast.place, number=number)
    page = f"{ORDERS}{order.number}/"
    assert "compliance/manifests/" not in text_of(buyer.get(page))
    market.do(order, "manifest", **WAY)
    text = text_of(buyer.get(page))
    assert "METRC has given no number yet" in text
    with everyone("test"):
        manifest = Manifest.objects.get(order_number=order.number)
        Order.objects.filter(pk=order.pk).update(compliance="ACKNOWLEDGED", manifest_number="0009124398")
    address = f"/portal/compliance/manifests/{manifest.pk}/"
    assert f'<a href="{address}">Manifest</a>' in text
    assert "METRC manifest 0009124398" in text_of(buyer.get(page))
    paper = buyer.get(address)
    assert (paper.status_code, paper["Content-Type"]) == (200, "application/pdf")
    assert client_of(market.cast.outsider).get(address).status_code == 404
    market.do(market.fresh(order), "void_manifest", text="A wrong van.")
    assert address not in text_of(buyer.get(page))
