"""Orders as JSON: made, read, changed, moved and told, as INTERFACE names it; and every refusal of the table."""

import json
from datetime import timedelta
from decimal import Decimal
from itertools import count
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import License
from apps.catalog.models import ShelfLine, StockItem
from apps.core.scope import everyone
from apps.orders import rules
from apps.orders.models import Order, OrderEvent, TradeTerms
from tests import make
from tests.compliance.make import facility

pytestmark = pytest.mark.django_db
API = "/api/v1/orders/"
_keys = count(1)


class Caller:
    """Somebody's program: sends what every write needs, the order's ETag as it last saw it."""

    def __init__(self, client: Client):
        self.client = client

    def create(self, market, *lines, key=None, **more):
        seller, location = str(market.cast.wholesaler.pk), str(market.shop.pk)
        rows = [{"sku": sku, "quantity": quantity} for sku, quantity in lines]
        return self.send("post", API, {"seller": seller, "location": location, "lines": rows} | more, key=key)

    def do(self, number: str, action: str, *, key=None, version=None, **data):
        if version is None:
            version = self.get(f"{API}{number}/")["ETag"]
        path = f"{API}{number}/transitions/"
        return self.send("post", path, {"action": action, "data": data}, key=key, **{"If-Match": version})

    def send(self, method: str, path: str, body=None, *, key=None, **headers):
        headers["Idempotency-Key"] = key or f"key-{next(_keys)}"
        return getattr(self.client, method)(path, json.dumps(body), content_type="application/json", headers=headers)

    def get(self, path: str, **headers):
        return self.client.get(path, headers=headers)


@pytest.fixture
def buyer(market, client_of) -> Caller:
    return Caller(client_of(market.cast.buyer))


@pytest.fixture
def seller(market, client_of) -> Caller:
    return Caller(client_of(market.cast.seller))


def test_an_order_is_made_and_walked_to_its_end_over_http(market, buyer, seller):
    answer = buyer.create(market, ("FLOWER", 4), ("GUMMIES", "10.5"), po_number="PO-9")
    order = answer.json()
    number = order["number"]
    assert (answer.status_code, answer["ETag"], answer["Location"]) == (201, '"1"', f"http://testserver{API}{number}/")
    assert (order["state"], order["total"], order["currency"], order["po_number"]) == ("DRAFT", "179.75", "USD", "PO-9")
    assert (order["buyer"], order["seller"]) == (str(market.cast.retailer.pk), str(market.cast.wholesaler.pk))
    flower, gummies = order["lines"]
    assert (flower["sku"], flower["ordered"], flower["accepted"], flower["price"]) == ("FLOWER", "4", "0", "20.00")
    assert gummies["ordered"] == "10.5"

    for who, action, data, state in [
        (buyer, "submit", {}, "PENDING"),
        (seller, "claim", {}, "REVIEW"),
        (seller, "accept", {"lines": [{"id": flower["id"], "accepted": "4"}]}, "ACCEPTED"),
        (seller, "prepare", {}, "PREPARING"),
        (seller, "ship", {"tracking": "Van 2"}, "SHIPPED"),
        (seller, "track", {"kind": "DEPARTED"}, "SHIPPED"),
        (seller, "deliver", {"signed_by": "R. Alvarez"}, "DELIVERED"),
        (buyer, "confirm", {"lines": [{"id": flower["id"], "received": 4}]}, "CONFIRMED"),
    ]:
        answer = who.do(number, action, **data)
        assert (answer.status_code, answer.json()["state"]) == (200, state), answer.json()

    order = answer.json()
    assert answer["ETag"] == f'"{order["version"]}"' == '"9"'
    assert [line["received"] for line in order["lines"]] == ["4", "10.5"]
    events = buyer.get(f"{API}{number}/events/").json()["results"]
    assert [event["action"] for event in events][-3:] == ["track", "deliver", "confirm"]
    assert buyer.get(f"{API}{number}/tracking/").json()["results"][1]["kind"] == "DEPARTED"


DATA = {  # what a move needs to be well-formed; `lines` stands for the order's first
    "counter": {"reason": "PRICE", "lines": [{"price": "1"}]},
    "amend": {"reason": "PRICE", "lines": [{"price": "1"}]},
    "short_pick": {"reason": "DAMAGED", "lines": [{"picked": 0}]},
    "ask_return": {"reason": "DAMAGED", "lines": [{"quantity": 1}]},
    "answer_return": {"approve": True},
}
TO_HTTP = [action for action in rules.MOVES if action != "edit"]


def standing(market, state: str, side: str) -> Order:
    """An order there by no verb; a draft of that side's own."""
    return make.order(
        seller=market.cast.wholesaler,
        location=market.shop,
        lines=[(market.shelf(), 2)],
        state=state,
        drafted_by=side,
        claimed_at=market.now,
    )


def well_formed(order: Order, action: str) -> dict:
    data = dict(DATA.get(action, {}))
    if "lines" in data:
        data["lines"] = [one | {"id": str(order.lines.get().pk)} for one in data["lines"]]
    return data


@pytest.mark.parametrize("state", rules.State.values)
def test_what_a_state_does_not_allow_is_an_illegal_transition_that_names_what_it_does(market, buyer, seller, state):
    callers = {rules.SELLER: seller, rules.BUYER: buyer}
    orders = {side: standing(market, state, side) for side in callers}
    for action in TO_HTTP:
        move = rules.MOVES[action]
        for side in [side for side in callers if move.open_to(side) and state not in move.source]:
            with everyone("test"):
                data = well_formed(orders[side], action)
            answer = callers[side].do(orders[side].number, action, version='"1"', **data)
            told = answer.json()
            assert (answer.status_code, told["code"]) == (409, "illegal-transition"), (action, side, told)
            assert (told["from"], told["action"]) == (state, action)
            assert told["allowed"] == [one.action for one in rules.moves_of(state, side)], (action, side)
            assert rules.State(state).label.lower() in told["detail"]


@pytest.mark.parametrize("action", ["lapse", "hold_expire", "hold"])
def test_what_the_clock_does_is_nobodys_to_do(market, buyer, seller, action):
    order = standing(market, "PENDING", "retailer")
    for who in (buyer, seller):
        assert who.do(order.number, action).status_code == 403
    assert buyer.do(order.number, "teleport").status_code == 400


@pytest.mark.parametrize("side", [rules.SELLER, rules.BUYER])
def test_the_moves_that_are_offered_say_why_the_others_are_not(market, buyer, seller, side):
    order = standing(market, "ACCEPTED", "retailer")
    who = {rules.SELLER: seller, rules.BUYER: buyer}[side]
    told = {one["action"]: one for one in who.get(f"{API}{order.number}/transitions/").json()}
    assert set(told) == {move.action for move in rules.MOVES.values() if move.open_to(side)}
    open_now = {action for action, one in told.items() if one["allowed"]}
    assert open_now == {rules.SELLER: {"cancel", "prepare", "amend"}, rules.BUYER: {"cancel", "request_cancel"}}[side]
    assert open_now < {move.action for move in rules.moves_of("ACCEPTED", side)}
    assert all(bool(one["reason"]) != one["allowed"] for one in told.values())


def _few_left(market, buyer, seller):
    market.order(("FLOWER", 7))
    return buyer.do(buyer.create(market, ("FLOWER", 4)).json()["number"], "submit")


def _not_a_case(market, buyer, seller):
    make.pack(product=market.gummies, multiple=10)
    return buyer.do(buyer.create(market, ("GUMMIES", 7)).json()["number"], "submit")


def _too_small(market, buyer, seller):
    terms(market, order_minimum=Decimal(500))
    return buyer.do(buyer.create(market, ("FLOWER", 1)).json()["number"], "submit")


def _too_dear(market, buyer, seller):
    terms(market, credit_limit=Decimal(10), payment="NET_30")
    return buyer.do(buyer.create(market, ("FLOWER", 1)).json()["number"], "submit")


def _no_licence(market, buyer, seller):
    with everyone("test"):
        License.objects.filter(location=market.shop).delete()
    return buyer.do(buyer.create(market, ("FLOWER", 1)).json()["number"], "submit")


def _new_price(market, buyer, seller):
    number = buyer.create(market, ("FLOWER", 1)).json()["number"]
    with everyone("test"):
        ShelfLine.objects.filter(product=market.flower).update(price=Decimal("21"))
    return buyer.do(number, "submit")


def _bare(market, buyer, seller):
    return buyer.do(buyer.create(market).json()["number"], "submit")


def _untested(market, buyer, seller):
    order = market.order(state="ACCEPTED")
    with everyone("test"):
        StockItem.objects.filter(product=market.flower).update(lab_status="TestFailed")
    return seller.do(order.number, "prepare")


def _anothers(market, buyer, seller):
    order = market.order()
    market.do(order, "claim", by=make.user(at=market.cast.wholesaler, role="owner", name="Sam"))
    return seller.do(order.number, "accept")


def _second(market, buyer, seller):
    order = market.order()
    market.do(order, "accept", by=make.user(at=market.cast.wholesaler, role="owner", name="Sam"))
    return seller.do(order.number, "reject", version=f'"{order.version}"', reason="OTHER")


def _stale(market, buyer, seller):
    order = market.order()
    market.do(order, "claim")
    return seller.do(order.number, "accept", version=f'"{order.version}"')


def _blind(market, buyer, seller):
    return seller.do(market.order().number, "accept", version="*")


def _no_reason(market, buyer, seller):
    return seller.do(market.order().number, "reject")


def _too_late(market, buyer, seller):
    order = market.order(state="ACCEPTED")
    with everyone("test"):
        Order.objects.filter(pk=order.pk).update(cut_off_at=market.now - timedelta(hours=1))
    return buyer.do(order.number, "cancel")


def _asks_first(market, buyer, seller):
    order = market.order()
    line = buyer.get(f"{API}{order.number}/").json()["lines"][0]["id"]
    return seller.do(order.number, "accept", lines=[{"id": line, "accepted": 1}])


def _no_change(market, buyer, seller):
    order = market.order()
    line = buyer.get(f"{API}{order.number}/").json()["lines"][0]["id"]
    return seller.do(order.number, "counter", reason="PRICE", lines=[{"id": line, "quantity": 4}])


def _others_line(market, buyer, seller):
    line = {"id": "5f0c8a51-6d3b-4c60-9c3e-0c5d5d0b7a11", "accepted": 1}
    return seller.do(market.order().number, "accept", lines=[line])


def _untold(market, buyer, seller):
    order = market.order(state="SHIPPED")
    line = buyer.get(f"{API}{order.number}/").json()["lines"][0]["id"]
    return seller.do(order.number, "deliver", lines=[{"id": line, "received": 1}])


def _filed(market, buyer, seller):
    order = market.order(("FLOWER", 10), state="PREPARING")  # the whole package: a part would need a tag
    with everyone("test"):
        number = License.objects.get(location=market.cast.place).number
    facility(place=market.cast.place, number=number)
    driver = {"name": "D. Ortiz", "licence": "O123"}
    vehicle = {"plate": "VAN-2", "make": "Ford", "model": "Transit"}
    filed = seller.do(order.number, "manifest", driver=driver, vehicle=vehicle).json()
    assert filed.get("compliance") == "QUEUED", filed
    return seller.do(order.number, "unprepare")


def _unsaid(market, buyer, seller):
    return seller.do(market.order(state="PREPARING").number, "manifest")


def _departed(market, buyer, seller):
    order = market.order(state="SHIPPED")
    seller.do(order.number, "track", kind="DEPARTED")
    return seller.do(order.number, "void_ship", reason="MISTAKE")


def _disputed(market, buyer, seller):
    order = market.order(state="DELIVERED")
    assert buyer.do(order.number, "dispute", reason="DAMAGED").json()["flags"] == ["disputed"]
    return buyer.do(order.number, "confirm")


def _long_ago(market, buyer, seller):
    order = market.order(state="DELIVERED")
    with everyone("test"):
        OrderEvent.objects.filter(order=order, action="deliver").update(at=market.now - timedelta(days=4))
    return buyer.do(order.number, "dispute", reason="DAMAGED")


def _unanswerable(market, buyer, seller):
    return seller.do(market.order(state="CONFIRMED").number, "answer_return", approve=True)


REFUSED = [
    ("insufficient-stock", 409, _few_left, "Only 3 ea of Blue Dream 3.5g left; you asked for 4."),
    ("quantity-rule", 422, _not_a_case, "sold in cases of 10. Nearest: 10"),
    ("order-minimum", 422, _too_small, "Add $480.00 more to reach the $500.00 minimum."),
    ("credit-limit", 409, _too_dear, "$10.00 above your available credit"),
    ("licence-invalid", 409, _no_licence, "licence"),
    ("price-changed", 409, _new_price, "$20.00 → $21.00"),
    ("no-lines", 422, _bare, "Add a product first"),
    ("coa-required", 409, _untested, "has no passing lab result. Choose another batch."),
    ("claimed", 409, _anothers, "Sam is reviewing this order (since "),
    ("already-decided", 409, _second, "Sam accepted this order at "),
    ("version-mismatch", 412, _stale, "The order changed while you were looking: "),
    ("precondition-required", 428, _blind, "Send If-Match with the order's ETag."),
    ("reason-required", 422, _no_reason, "Give a reason. The retailer will see it."),
    ("past-cutoff", 409, _too_late, "Picking has started. Ask us to cancel and we will answer within 4 h."),
    ("retailer-must-agree", 409, _asks_first, "Propose a change instead"),
    ("nothing-changed", 422, _no_change, "Nothing differs"),
    ("unknown-line", 400, _others_line, "This order has no such line."),
    ("reason-required", 422, _untold, "Say why"),
    ("void-first", 409, _filed, "Void it first."),
    ("manifest-incomplete", 422, _unsaid, "Name the driver"),
    ("departed", 409, _departed, "The goods have departed."),
    ("disputed", 409, _disputed, "A dispute is open."),
    ("dispute-overdue", 409, _long_ago, "72 hours"),
    ("nothing-requested", 409, _unanswerable, "No return waits"),
]


@pytest.mark.parametrize(("code", "status", "arrange", "words"), REFUSED, ids=lambda one: getattr(one, "__name__", ""))
def test_a_refusal_has_its_status_its_code_and_its_sentence(market, buyer, seller, code, status, arrange, words):
    answer = arrange(market, buyer, seller)
    told = answer.json()
    assert (answer.status_code, told["code"]) == (status, code), told
    assert answer["Content-Type"] == "application/problem+json"
    assert told["type"].endswith(f"/{code}")
    assert words in told["detail"]


def terms(market, **values) -> None:
    with everyone("test"):
        TradeTerms.objects.create(seller=market.cast.wholesaler, buyer=market.cast.retailer, **values)


def test_a_shortfall_says_how_much_is_left_of_each_line(market, buyer, seller):
    told = _few_left(market, buyer, seller).json()
    (short,) = told["available"]
    assert (short["sku"], short["asked"], short["available"]) == ("FLOWER", "4", "3")
    assert list(told["errors"]) == ["lines[0].quantity"]


def test_a_role_that_may_not_is_403_and_a_stranger_learns_nothing(market, client_of):
    order = market.order()
    viewer = Caller(client_of(make.user(at=market.cast.wholesaler, role="viewer")))
    driver = Caller(client_of(make.user(at=market.cast.wholesaler, role="buyer")))
    assert viewer.get(f"{API}{order.number}/").status_code == 200
    assert [who.do(order.number, "accept", version='"2"').status_code for who in (viewer, driver)] == [403, 403]
    stranger = Caller(client_of(market.cast.outsider))
    for path in ("", "transitions/", "events/", "messages/", "tracking/"):
        assert stranger.get(f"{API}{order.number}/{path}").content == stranger.get(f"{API}999999/{path}").content
        assert stranger.get(f"{API}{order.number}/{path}").status_code == 404
    moved = [stranger.do(number, "accept", version='"2"') for number in (order.number, "999999")]
    assert moved[0].content == moved[1].content
    assert stranger.get(API).json() == {"results": [], "next": None}


JUNK = [0, -1, 0.0005, 1000000000000, "1e3", True, None, [1], {"a": 1}, "\u0661", "NaN", "Infinity", ""]
JUNK += ["+1", " 1", "1.", ".5", "0x1"]


def test_fc24_junk_quantities_are_400_with_an_error_at_their_field(market, buyer):
    order = buyer.create(market, ("FLOWER", 2)).json()
    for junk in JUNK:
        answer = buyer.create(market, ("GUMMIES", 1), ("FLOWER", junk))
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), junk
        assert [field.partition("]")[2] for field in answer.json()["errors"]] == [".quantity"], junk
        lines = [{"id": order["lines"][0]["id"], "quantity": junk}]
        if junk != 0:
            answer = buyer.do(order["number"], "ask_return", reason="x", lines=lines)
            assert (answer.status_code, list(answer.json()["errors"])) == (400, ["data.lines[0].quantity"]), junk
    with everyone("test"):
        assert Order.objects.count() == 1


@pytest.mark.parametrize(
    ("quantity", "text"), [(1, "1"), ("2.5", "2.5"), (0.1, "0.1"), ("007.250", "7.25"), (3.0, "3")]
)
def test_a_quantity_comes_as_a_number_or_plain_text_and_goes_as_plain_text(market, buyer, quantity, text):
    answer = buyer.create(market, ("GUMMIES", quantity))
    assert answer.json()["lines"][0]["ordered"] == text, answer.json()


def test_fc20_the_same_key_with_another_body_changes_nothing(market, buyer):
    first = buyer.create(market, ("FLOWER", 1), key="k-1")
    second = buyer.create(market, ("FLOWER", 2), key="k-1")
    assert (second.status_code, second.json()["code"]) == (422, "idempotency-mismatch")
    with everyone("test"):
        assert list(Order.objects.values_list("number", "units")) == [(first.json()["number"], 1)]


def test_fc48_what_is_somebody_elses_is_answered_as_what_is_nobodys(market, buyer, seller):
    rival = make.organization(side="wholesaler")
    hidden = make.product(organization=rival, sku="HIDDEN")
    make.stock(location=(site := make.location(organization=rival)), product=hidden, price="1")
    shop = make.location(organization=market.cast.stranger)
    nobody = str(uuid4())
    between = {"seller": str(market.cast.wholesaler.pk), "location": str(market.shop.pk), "lines": []}
    pairs = [
        (
            between | {"lines": [{"sku": "HIDDEN", "quantity": 1}]},
            between | {"lines": [{"sku": "NO-SUCH", "quantity": 1}]},
        ),
        (between | {"seller": str(rival.pk)}, between | {"seller": nobody}),
        (between | {"location": str(shop.pk)}, between | {"location": nobody}),
        (between | {"ships_from": str(site.pk)}, between | {"ships_from": nobody}),
        (between | {"buyer": str(market.cast.stranger.pk)}, between | {"buyer": nobody}),
        (between | {"ship_to": str(shop.pk)}, between | {"ship_to": nobody}),
        (between | {"price_list": str(rival.pk)}, between | {"price_list": nobody}),
    ]
    for theirs, unknown in pairs:
        foreign, missing = (buyer.send("post", API, body) for body in (theirs, unknown))
        assert (foreign.status_code, foreign.content) == (400, missing.content), theirs
        assert foreign.json()["errors"]
    with everyone("test"):
        assert Order.objects.count() == 0


def test_without_a_key_or_a_version_nothing_is_written(market, buyer):
    order = buyer.create(market, ("FLOWER", 1)).json()
    path, json_type = f"{API}{order['number']}/", {"content_type": "application/json"}
    bare = buyer.client.post(f"{path}transitions/", {"action": "submit"}, **json_type, headers={"If-Match": '"1"'})
    assert (bare.status_code, bare.json()["code"]) == (400, "idempotency-key-missing")
    assert buyer.client.post(API, {}, **json_type).json()["code"] == "idempotency-key-missing"
    for method in ("patch", "delete"):
        answer = getattr(buyer.client, method)(path, "{}", **json_type)
        assert (answer.status_code, answer.json()["code"]) == (428, "precondition-required")
        answer = getattr(buyer.client, method)(path, "{}", **json_type, headers={"If-Match": '"7"'})
        assert (answer.status_code, answer.json()["code"]) == (412, "version-mismatch")


def test_a_draft_is_changed_and_deleted_by_version(market, buyer):
    order = buyer.create(market, ("FLOWER", 1), ("GUMMIES", 10)).json()
    path, lines = f"{API}{order['number']}/", [{"sku": "FLOWER", "quantity": "2"}]
    changed = buyer.send("patch", path, {"lines": lines, "title": "Friday"}, **{"If-Match": '"1"'})
    assert (changed.status_code, changed["ETag"], changed.json()["title"]) == (200, '"2"', "Friday")
    assert [(one["id"], one["ordered"]) for one in changed.json()["lines"]] == [(order["lines"][0]["id"], "2")]
    assert buyer.get(path, **{"If-None-Match": '"2"'}).status_code == 304
    assert buyer.get(path, **{"If-None-Match": '"1"'}).status_code == 200
    assert buyer.send("delete", path, **{"If-Match": '"2"'}).status_code == 204
    assert buyer.get(path).status_code == 404


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"action": "fly"}, "action"),
        ({"action": "submit", "data": {"colour": "red"}}, "data.colour"),
        ({"action": "submit", "data": []}, "data"),
        ({"action": "submit", "wish": 1}, "wish"),
        ({"action": "answer_return"}, "data.approve"),
        ({"action": "manifest", "data": {"driver": {"name": "D."}}}, "data.driver.licence"),
        ({"action": "manifest", "data": {"driver": "nobody"}}, "data.driver.id"),
        ({"action": "deliver", "data": {"lines": [{"id": "x", "received": 1}]}}, "data.lines[0].id"),
        ({"action": "counter", "data": {"reason": "PRICE", "lines": []}}, "data.lines.non_field_errors"),
    ],
)
def test_a_move_that_is_not_well_formed_is_400_at_its_field(market, seller, body, field):
    order = market.order()
    answer = seller.send("post", f"{API}{order.number}/transitions/", body, **{"If-Match": '"2"'})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field]), answer.json()


def test_a_wholesaler_makes_an_order_for_a_retailer_who_approves_it(market, buyer, seller):
    answer = seller.create(market, ("FLOWER", 2), buyer=str(market.cast.retailer.pk))
    number = answer.json()["number"]
    assert answer.status_code == 201, answer.json()
    assert buyer.get(f"{API}{number}/").status_code == 404
    assert seller.do(number, "propose").json()["state"] == "COUNTERED"
    proposal = buyer.get(f"{API}{number}/").json()["proposal"]
    assert (proposal["kind"], proposal["total"], proposal["lines"][0]["quantity"]) == ("COUNTER", "40.00", "2")
    assert buyer.do(number, "approve").json()["state"] == "ACCEPTED"


def test_the_list_is_asked_by_state_change_words_and_partner(market, buyer, seller, client_of):
    first, second = market.order(("FLOWER", 1)), market.order(("FLOWER", 2), state="ACCEPTED")
    draft = market.draft(("FLOWER", 1), po_number="PO-77")
    with everyone("test"):
        Order.objects.filter(pk=first.pk).update(updated_at=market.now - timedelta(days=2))

    def asked(query: str, who: Caller = buyer) -> list[str]:
        return [order["number"] for order in who.get(f"{API}?{query}").json()["results"]]

    assert asked("") == [draft.number, second.number, first.number]
    assert asked("", seller) == [second.number, first.number]
    assert asked("state=PENDING,ACCEPTED") == [second.number, first.number]
    assert asked("q=PO-77") == asked("state=DRAFT") == [draft.number]
    assert asked(f"partner={market.cast.wholesaler.pk}&page_size=1") == [draft.number]
    since = (market.now - timedelta(days=1)).isoformat().replace("+", "%2B")
    assert asked(f"updated_since={since}") == [second.number, draft.number]
    for query in ("state=GREAT", "colour=red", "updated_since=today", "page_size=0", "partner=me"):
        answer = buyer.get(f"{API}?{query}")
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [query.split("=")[0]])
    assert buyer.get(f"{API}?partner={market.cast.stranger.pk}").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_orders(market, buyer):
    counts = []
    for more in (1, 10):
        for _ in range(more):
            standing(market, "PENDING", "retailer")
        with CaptureQueriesContext(connection) as queries:
            buyer.get(API)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15, counts


def test_what_is_written_for_ones_own_side_is_not_read_by_the_other(market, buyer, seller):
    path = f"{API}{market.order().number}/messages/"
    assert buyer.send("post", path, {"text": "Back door, after nine."}).status_code == 201
    assert seller.send("post", path, {"text": "Call them first.", "internal": True}).json()["internal"] is True
    read = {who: [row["text"] for row in who.get(path).json()["results"]] for who in (buyer, seller)}
    assert read[buyer] == ["Back door, after nine."]
    assert read[seller] == ["Back door, after nine.", "Call them first."]
    assert buyer.send("post", path, {"text": ""}).status_code == 400


def test_papers_come_as_pdf_and_the_pick_list_to_the_sellers_people_alone(market, buyer, seller):
    number = market.order(state="SHIPPED").number
    for kind in ("confirmation", "packing-list", "invoice"):
        answer = buyer.get(f"{API}{number}/documents/{kind}.pdf", Accept="application/pdf")
        assert (answer.status_code, answer["Content-Type"], answer.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert seller.get(f"{API}{number}/documents/pick-list.pdf").status_code == 200
    assert buyer.get(f"{API}{number}/documents/pick-list.pdf").status_code == 404
    assert buyer.get(f"{API}{number}/documents/poem.pdf").status_code == 404
    assert buyer.get(f"{API}{market.order().number}/documents/invoice.pdf").json()["code"] == "no-invoice"


def test_a_key_reads_and_moves_orders_within_its_scopes(market, client):
    def program(*scopes: str) -> Caller:
        _row, text = make.api_key(organization=market.cast.retailer, scopes=scopes, by=owner)
        return Caller(Client(headers={"Authorization": f"Api-Key {text}"}))

    owner = make.user(at=market.cast.retailer, role="owner")
    reader, writer = program("orders:read"), program("orders:read", "orders:write")
    order = writer.create(market, ("FLOWER", 1), key="k-1")
    again = writer.create(market, ("FLOWER", 1), key="k-1")
    assert (order.status_code, again.content, again["Idempotent-Replayed"]) == (201, order.content, "true")
    assert reader.create(market, ("FLOWER", 1), key="k-1").status_code == 403
    assert reader.get(f"{API}{order.json()['number']}/").json()["total"] == "20.00"
    assert writer.do(order.json()["number"], "submit").json()["state"] == "PENDING"
