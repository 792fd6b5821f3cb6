"""Counter-offers of other goods and of another delivery (features §3.3, T9–T12): where the hold goes, what the retailer
reads, and that whatever is not agreed on leaves goods and delivery as they were."""

from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.urls import reverse

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import Want
from apps.catalog.prices import told as price_told
from apps.core.errors import Refused
from apps.core.invariants import check
from apps.core.models import StreamEvent
from apps.core.scope import everyone
from apps.orders.actions import shortfalls
from apps.orders.models import DeliveryRule, Invoice, Order, OrderEvent
from tests import make
from tests.browser import until
from tests.orders.test_api import API, Caller

pytestmark = pytest.mark.django_db
PAGE = "/portal/orders/{}/"
FREE = (0, 0, 0, 10), (0, 0, 0, 50)  # flowers, gummies


@pytest.fixture
def rounds(market):
    """Every day from eight to ten and from one to three, ordered the day before by three."""
    with everyone("test"):
        windows = ["08:00-10:00", "13:00-15:00"]
        every_day = {"weekdays": list(range(1, 8)), "windows": windows, "cutoff": time(15), "lead_days": 1}
        return DeliveryRule.objects.create(location=market.cast.place, **every_day)


def goods(market) -> tuple:
    return market.standing(market.flower), market.standing(market.gummies)


def line_of(order: Order):
    with everyone("test"):
        return order.lines.get()


def offered(market, order: Order, **said) -> Order:
    """Ten gummies for the order's flowers, unless said otherwise."""
    part = {"id": line_of(order).pk, "substitute": "GUMMIES", "quantity": Decimal(10)} | said
    return market.do(order, "counter", reason="OUT_OF_STOCK", text="The harvest failed.", lines=[part])


def moved_to(market, order: Order, days: int, starts: time | None = None) -> Order:
    day = market.now.astimezone(ZoneInfo(order.site_zone)).date() + timedelta(days=days)
    return market.do(order, "counter", text="The van is full.", deliver_date=day, deliver_starts=starts)


def refused(call) -> Refused:
    with pytest.raises(Refused) as no:
        call()
    return no.value


def sound() -> bool:
    return not any(rule["violations"] for rule in check())


def test_a_substitute_holds_its_own_goods_and_becomes_the_line_once_approved(market):
    order = market.order()
    first = line_of(order)
    order = offered(market, order)
    assert goods(market) == ((0, 0, 0, 10), (10, 0, 0, 40))
    assert (line_of(order).sku, order.total) == ("FLOWER", Decimal("80.00"))

    order = market.do(order, "approve")
    line = line_of(order)
    assert goods(market) == ((0, 0, 0, 10), (0, 10, 0, 40))
    assert (line.pk, line.sku, line.product_id) == (first.pk, "GUMMIES", market.gummies.pk)
    assert line.name == market.gummies.name
    assert (line.ordered, line.accepted, line.price, order.total) == (10, 10, Decimal("9.50"), Decimal("95.00"))
    assert [step["price"] for step in line.why if step["step"] == "pays"] == ["9.5000"]
    assert "4 × Blue Dream 3.5g" in line.note
    for verb in ("prepare", "ship"):
        order = market.do(order, verb)
    with everyone("test"):
        assert Invoice.objects.get(order=order).total == Decimal("95.00")
    assert goods(market) == ((0, 0, 0, 10), (0, 0, 10, 40))
    assert sound()


@pytest.mark.parametrize(
    ("verb", "by_house", "state", "after"),
    [
        ("decline", False, "REVIEW", ((4, 0, 0, 6), (0, 0, 0, 50))),
        ("withdraw", False, "REVIEW", ((4, 0, 0, 6), (0, 0, 0, 50))),
        ("lapse", True, "REVIEW", ((4, 0, 0, 6), (0, 0, 0, 50))),
        ("cancel", False, "CANCELLED", FREE),
    ],
)
def test_what_is_not_agreed_on_leaves_goods_and_delivery_as_they_were(market, rounds, verb, by_house, state, after):
    order = market.order()
    slot, first = (order.deliver_from, order.deliver_until, order.cut_off_at), line_of(order)
    part = {"id": first.pk, "substitute": "GUMMIES"}
    day = (market.now + timedelta(days=5)).astimezone(ZoneInfo(order.site_zone)).date()
    market.do(order, "counter", text="Next week.", lines=[part], deliver_date=day)
    market.as_house(order, verb) if by_house else market.do(order, verb, by=None, reason="OTHER")
    order = market.fresh(order)
    line = line_of(order)
    assert (order.state, goods(market), order.short) == (state, after, False)
    assert (line.sku, line.ordered, line.price, line.note) == ("FLOWER", 4, first.price, "")
    assert (order.deliver_from, order.deliver_until, order.cut_off_at) == slot
    with everyone("test"):
        assert not order.proposals.filter(state="OPEN").exists()
    assert sound()


@pytest.mark.django_db(transaction=True)
def test_open_shelves_hear_of_the_goods_that_were_freed_and_of_those_that_were_taken(market):
    order = market.order()
    wanted = {str(market.flower.pk), str(market.gummies.pk)}
    for move in (lambda: offered(market, order), lambda: market.do(order, "withdraw")):
        move()
        with everyone("test"):
            last = StreamEvent.objects.filter(topic=f"inventory.{market.cast.place.pk}").order_by("-pk").first()
        assert set(last.data["products"]) == wanted


def test_an_original_that_others_took_meanwhile_marks_the_order_short(market):
    order = offered(market, market.order())
    market.order(("FLOWER", 8))
    order = market.do(order, "withdraw")
    assert (order.state, order.short) == ("REVIEW", True)
    assert goods(market) == ((8, 0, 0, 2), (0, 0, 0, 50))


def test_a_substitute_that_the_pos_takes_away_marks_the_order_short(market):
    order = offered(market, market.order())
    with everyone("test"):
        shelf = market.shelf(market.gummies)
        type(shelf).objects.filter(pk=shelf.pk).update(quantity=3)
    shortfalls.note_stock(seller=order.seller_id, shelf_lines=[shelf.pk], now=market.now)
    assert market.fresh(order).short


def test_a_substitute_costs_what_this_buyer_pays_today_with_its_own_taxes(market):
    edibles = make.category(organization=market.cast.wholesaler, name="Edibles")
    with everyone("test"):
        type(market.gummies).objects.filter(pk=market.gummies.pk).update(category=edibles)
    make.tax_rule(organization=market.cast.wholesaler, state="MI", percent="10", category=edibles)
    ours = {"seller": market.cast.wholesaler, "buyers": [market.cast.retailer]}
    make.price_list(**ours, rows=[(market.gummies, "0", "9.00"), (market.gummies, "10", "8.00")])
    order = offered(market, market.order())
    with everyone("test"):
        proposal = order.proposals.get()
    assert (proposal.total_before, proposal.total) == (Decimal("80.00"), Decimal("88.00"))
    order = market.do(order, "approve")
    line = line_of(order)
    assert (line.price, line.tax, order.total) == (Decimal("8.00"), Decimal("8.00"), Decimal("88.00"))

    named = offered(market, market.order(("FLOWER", 1)), price=Decimal("7.00"))
    with everyone("test"):
        assert named.proposals.get().total == Decimal("77.00")
    why = price_told(line_of(market.do(named, "approve")).why)
    assert why["reason"] == "The price you and the wholesaler agreed on for this order."
    assert (why["steps"][-1]["term"], why["steps"][-1]["amount"]) == ("Agreed, each", "$7.00")


def test_a_price_that_was_agreed_on_is_told_as_such(market):
    order = market.order()
    market.do(order, "counter", text="So.", lines=[{"id": line_of(order).pk, "price": Decimal("21.00")}])
    why = price_told(line_of(market.do(order, "approve")).why)
    assert [(one["term"], one["amount"]) for one in why["steps"]] == [
        ("Shelf price", "$20.00"),
        ("Agreed, each", "$21.00"),
    ]


def test_substitutes_that_cannot_be_are_refused_and_nothing_moves(market):
    order = market.order(("FLOWER", 4), ("GUMMIES", 10))
    with everyone("test"):
        line = order.lines.get(sku="FLOWER")
    other = make.product(organization=market.cast.wholesaler, name="Sour Diesel 3.5g", sku="SOUR")
    make.stock(location=market.cast.place, product=other, quantity=2, price="18.00")

    def said(**part) -> Refused:
        return refused(lambda: market.do(order, "counter", text="So.", lines=[{"id": line.pk} | part]))

    for part, code, words in [
        ({"substitute": "NOBODYS"}, "unknown-sku", "NOBODYS"),
        ({"substitute": "GUMMIES"}, "on-order-already", "Peach gummies 10-pack is on the order already"),
        ({"substitute": "FLOWER"}, "on-order-already", "Blue Dream"),
        ({"substitute": "SOUR", "quantity": Decimal(0)}, "quantity-rule", "how much"),
        ({"substitute": "SOUR"}, "insufficient-stock", "Only 2 ea of Sour Diesel 3.5g left; you asked for 4."),
    ]:
        no = said(**part)
        assert (no.code, words in no.detail) == (code, True), no.detail
    assert (market.fresh(order).state, goods(market)) == ("PENDING", ((4, 0, 0, 6), (10, 0, 0, 40)))


def test_another_delivery_is_the_orders_once_approved_and_its_cut_off_ends_the_wait(market, rounds):
    order = market.order()
    before = order.deliver_from
    order = moved_to(market, order, 3, time(13))
    with everyone("test"):
        proposal = order.proposals.get()
    assert (order.deliver_from, goods(market)) == (before, ((4, 0, 0, 6), (0, 0, 0, 50)))
    assert (proposal.total, proposal.deliver_from > before) == (order.total, True)
    assert proposal.deliver_from.astimezone(ZoneInfo(order.site_zone)).time() == time(13)
    order = market.do(order, "approve")
    assert (order.deliver_from, order.deliver_until, order.cut_off_at) == (
        proposal.deliver_from, proposal.deliver_until, proposal.cut_off_at,
    )  # fmt: skip
    assert (order.state, goods(market)) == ("ACCEPTED", ((0, 4, 0, 6), (0, 0, 0, 50)))


def test_nobody_agrees_to_a_delivery_after_its_cut_off(market, rounds):
    order = market.order()
    order = moved_to(market, order, 1 if _before_three(market, order) else 2, time(13))
    with everyone("test"):
        proposal = order.proposals.get()
    assert proposal.until == min(proposal.cut_off_at, market.now + timedelta(hours=24)) == order.answer_by
    market.now = proposal.until + timedelta(seconds=1)
    assert refused(lambda: market.do(order, "approve")).code == "answer-overdue"


def _before_three(market, order) -> bool:
    return market.now.astimezone(ZoneInfo(order.site_zone)).time() < time(14, 59)


def test_a_delivery_that_cannot_be_is_refused(market, rounds):
    order = market.order()
    here = ZoneInfo(order.site_zone)
    same = order.deliver_from.astimezone(here)
    with everyone("test"):
        DeliveryRule.objects.update(closed_dates=[(same + timedelta(days=4)).date()])

    def said(**data) -> str:
        return refused(lambda: market.do(order, "counter", text="So.", **data)).code

    assert said(deliver_date=same.date(), deliver_starts=same.time()) == "nothing-changed"
    assert said(deliver_date=(same + timedelta(days=4)).date()) == "slot-unknown"
    assert said(deliver_date=market.now.astimezone(here).date()) == "slot-closed"
    assert said() == "nothing-changed"


def test_a_round_for_other_buyers_is_not_offered_to_this_one(market, rounds):
    """The wholesaler sees all its rounds; row security would not keep this one apart."""
    order = market.order()
    with everyone("test"):
        rounds.delete()
        values = {"weekdays": list(range(1, 8)), "windows": ["06:00-07:00"], "cutoff": time(15), "lead_days": 1}
        DeliveryRule.objects.create(location=market.cast.place, for_everyone=False, **values)
    assert refused(lambda: moved_to(market, order, 3)).code == "slot-unknown"


def test_the_retailer_reads_both_side_by_side_and_agrees_on_the_page(market, rounds, client_of):
    order = market.order()
    part = {"id": line_of(order).pk, "substitute": "GUMMIES", "quantity": Decimal(10)}
    day = (market.now + timedelta(days=6)).astimezone(ZoneInfo(order.site_zone)).date()
    order = market.do(order, "counter", text="The harvest failed.", lines=[part], deliver_date=day)
    buyer, page = client_of(market.cast.buyer), PAGE.format(order.number)
    text = buyer.get(page).content.decode()
    for told in [
        '<del><span class="vh">was </span>Blue Dream 3.5g',
        "<b>Peach gummies 10-pack</b></ins>",
        "1 line differs. The delivery differs. Nothing changes until you approve.",
        '<small class="sub">+$15.00</small>',
        "The order costs $15.00 more.",
        "Changes proposed; Peach gummies 10-pack in place of Blue Dream 3.5g; delivery ",
        f'</del> <ins><span class="vh">now </span>{day:%a} {day.day} {day:%b}, 08:00–10:00</ins>',
    ]:
        assert told in text, told
    buyer.post(f"{page}answer/approve/", {"version": order.version})
    order = market.fresh(order)
    assert (order.state, order.deliver_from.astimezone(ZoneInfo(order.site_zone)).date()) == ("ACCEPTED", day)
    text = buyer.get(page).content.decode()
    assert "Changes approved; Peach gummies 10-pack in place of Blue Dream 3.5g" in text
    assert "in place of 4 × Blue Dream 3.5g" in text


def test_the_desk_offers_goods_alike_and_open_slots_and_sends_both(market, rounds, client_of):
    alike = make.category(organization=market.cast.wholesaler, name="Flower")
    other = make.product(organization=market.cast.wholesaler, name="Sour Diesel 3.5g", sku="SOUR", category=alike)
    make.stock(location=market.cast.place, product=other, quantity=9, price="18.00")
    with everyone("test"):
        type(market.flower).objects.filter(pk=market.flower.pk).update(category=alike)
    order, desk = market.order(), client_of(market.cast.seller)
    page = desk.get(reverse("admin:orders_order_change", args=[order.pk]))
    text = page.content.decode()
    assert '<option value="SOUR">Sour Diesel 3.5g · 9</option>' in text
    slot = page.context["slots"][-1]
    value = f"{slot.date:%Y-%m-%d} {slot.window.starts:%H:%M}"
    assert f'<option value="{value}">' in text

    def press(**fields):
        url = reverse("admin:orders_order_move", args=[order.pk, "counter"])
        return desk.post(url, {"version": order.version, "text": "No harvest.", **fields})

    line = line_of(order)
    assert press(slot="whenever").status_code == 422
    assert press(slot=value, **{f"{line.pk}-substitute": "SOUR"}).status_code == 302
    order = market.fresh(order)
    with everyone("test"):
        proposal = order.proposals.get()
        event = OrderEvent.objects.get(order=order, action="counter")
    assert (order.state, proposal.deliver_from, market.standing(other)) == ("COUNTERED", slot.starts_at, (4, 0, 0, 5))
    assert event.data["substitutes"] == [{"was": "Blue Dream 3.5g", "now": "Sour Diesel 3.5g"}]
    text = desk.get(reverse("admin:orders_order_change", args=[order.pk])).content.decode()
    assert "4 × Sour Diesel 3.5g in place of Blue Dream 3.5g" in text


def test_by_api_a_counter_names_a_substitute_and_a_delivery_and_the_proposal_tells_them(market, rounds, client_of):
    seller, buyer = Caller(client_of(market.cast.seller)), Caller(client_of(market.cast.buyer))
    order = market.order()
    line = str(line_of(order).pk)
    day = (market.now + timedelta(days=6)).astimezone(ZoneInfo(order.site_zone)).date()
    said = {"text": "No harvest.", "deliver_date": str(day), "deliver_starts": "13:00"}
    part = {"id": line, "substitute": "GUMMIES", "quantity": "10"}
    answer = seller.do(order.number, "counter", lines=[part], **said)
    assert answer.status_code == 200, answer.json()
    told = buyer.get(f"{API}{order.number}/").json()["proposal"]
    substitute = told["lines"][0]["substitute"]
    assert (substitute["sku"], substitute["product"]) == ("GUMMIES", str(market.gummies.pk))
    assert told["slot"]["starts_at"].startswith(str(day))
    assert (told["lines"][0]["price"], told["total"]) == ("9.50", "95.00")
    assert buyer.do(order.number, "decline").json()["proposal"] is None
    answer = seller.do(order.number, "counter", **said)
    assert answer.json()["proposal"]["lines"][0]["substitute"] is None, answer.json()
    assert seller.do(market.order().number, "counter", text="So.", lines=[part | {"substitute": 5}]).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_goods_given_back_and_goods_taken_are_locked_in_one_order_of_their_keys(market, line):
    """Who waits for the first of the two holds none of the other: else two that swap the same goods wait for each
    other."""
    first, second = sorted([market.shelf(), market.shelf(market.gummies)], key=lambda shelf: shelf.pk)
    seller, order = first.organization_id, uuid4()
    reserving.hold(seller=seller, order=order, wants=[Want(uuid4(), second.pk, Decimal(2))], now=market.now)

    def swap():
        try:
            with transaction.atomic():
                wants = [Want(uuid4(), first.pk, Decimal(2))]
                reserving.hold_instead(seller=seller, order=order, wants=wants, now=market.now)
        finally:
            connection.close()

    free = "SELECT 1 FROM catalog_shelfline WHERE id = %s FOR NO KEY UPDATE SKIP LOCKED"
    with ThreadPoolExecutor(1) as thread:
        line.execute("BEGIN")
        line.execute("SELECT FROM catalog_shelfline WHERE id = %s FOR NO KEY UPDATE", [first.pk])
        done = thread.submit(swap)
        until(lambda: line.execute("SELECT 1 FROM pg_locks WHERE NOT granted").fetchall(), 2)
        assert line.execute(free, [second.pk]).fetchone()
        line.execute("ROLLBACK")
        done.result(timeout=10)
    assert {market.standing(product)[0] for product in (market.flower, market.gummies)} == {0, 2}
