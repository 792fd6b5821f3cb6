"""Fault cases in the words of their list, beyond what test_api and test_money tell: FC24, FC48, and FC60's rounding."""

import ast
from decimal import Decimal
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings

from apps.catalog.models import StockItem
from apps.core.scope import everyone
from apps.orders.models import Invoice, OrderLine
from apps.orders.rules import money
from tests import make
from tests.orders.test_api import API, JUNK, Caller
from tests.orders.test_stock_rules import everything

pytestmark = pytest.mark.django_db
FIELDS = [  # every move that takes a quantity: the state it is sent in, its list and its field
    ("PENDING", "accept", "lines", "accepted"),
    ("PENDING", "counter", "lines", "quantity"),
    ("ACCEPTED", "amend", "lines", "quantity"),
    ("ACCEPTED", "prepare", "packages", "quantity"),
    ("PREPARING", "short_pick", "lines", "picked"),
    ("SHIPPED", "deliver", "lines", "received"),
    ("DELIVERED", "confirm", "lines", "received"),
    ("CONFIRMED", "ask_return", "lines", "quantity"),
]


@pytest.fixture
def callers(market, client_of) -> dict[str, Caller]:
    return {"buyer": Caller(client_of(market.cast.buyer)), "seller": Caller(client_of(market.cast.seller))}


@pytest.mark.parametrize(("state", "action", "listed", "field"), FIELDS)
def test_fc24_no_move_takes_a_junk_quantity_or_changes_a_row_for_it(market, callers, state, action, listed, field):
    order = market.order(state=state)
    with everyone("test"):
        line, package = order.lines.get(), StockItem.objects.get(product=market.flower)
    who = callers["buyer" if action in ("confirm", "ask_return") else "seller"]
    reason = {"reason": "OTHER"} if action in ("counter", "amend", "short_pick", "ask_return") else {}
    before = everything()
    for junk in JUNK:
        if junk == 0:
            continue  # nothing of a line is a quantity here
        part = {"id": str(line.pk), field: junk} | ({"package": package.pk} if listed == "packages" else {})
        answer = who.do(order.number, action, **{listed: [part]}, **reason)
        told = answer.json()
        assert (answer.status_code, told["code"]) == (400, "invalid"), (junk, told)
        assert list(told["errors"]) == [f"data.{listed}[0].{field}"], (junk, told)
    assert everything() == before


def test_fc24_a_draft_takes_no_junk_quantity(market, callers):
    order = callers["buyer"].create(market, ("FLOWER", 2)).json()
    before = everything()
    for junk in JUNK:
        lines = [{"sku": "FLOWER", "quantity": junk}]
        answer = callers["buyer"].send("patch", f"{API}{order['number']}/", {"lines": lines}, **{"If-Match": '"1"'})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), junk
        assert list(answer.json()["errors"]) == ["lines[0].quantity"], junk
    assert everything() == before


def test_fc48_the_cases_own_body_is_answered_as_one_with_ids_that_nobody_has(market, callers):
    rival = make.organization(side="wholesaler")
    hidden = make.product(organization=rival, sku="HIDDEN")
    make.stock(location=make.location(organization=rival), product=hidden, price="1")
    theirs, prices = make.location(organization=market.cast.stranger), make.price_list(seller=rival)
    between = {"seller": str(market.cast.wholesaler.pk), "location": str(market.shop.pk)}
    bodies = [
        between | {"lines": [{"sku": sku, "quantity": 1}], "ship_to": str(place), "price_list": str(listed)}
        for sku, place, listed in [("HIDDEN", theirs.pk, prices.pk), ("NO-SUCH", uuid4(), uuid4())]
    ]
    before = everything()
    foreign, unknown = (callers["buyer"].send("post", API, body) for body in bodies)
    assert foreign.status_code == 400
    assert foreign.content == unknown.content
    assert everything() == before


def test_fc48_a_foreign_sku_put_into_a_draft_is_answered_as_an_unknown_one(market, callers):
    rival = make.organization(side="wholesaler")
    hidden = make.product(organization=rival, sku="HIDDEN")
    make.stock(location=make.location(organization=rival), product=hidden, price="1")
    path = f"{API}{callers['buyer'].create(market, ('FLOWER', 2)).json()['number']}/"
    before = everything()
    foreign, unknown = (
        callers["buyer"].send("patch", path, {"lines": [{"sku": sku, "quantity": 1}]}, **{"If-Match": '"1"'})
        for sku in ("HIDDEN", "NO-SUCH")
    )
    assert (foreign.status_code, foreign.content) == (400, unknown.content)
    assert everything() == before


def test_fc60_a_thousand_lines_at_a_third_off_add_up_to_the_cent_wherever_they_are_told(market, callers):
    """33.333% off of 0.99, a thousand lines: the order, its JSON, its paper and its invoice say one sum."""
    each = money.less(Decimal("0.99"), Decimal("33.333"))
    make.price_list(seller=market.cast.wholesaler, buyers=[market.cast.retailer], rows=[(market.gummies, 0, each)])
    with everyone("test"):
        StockItem.objects.filter(product=market.gummies).update(quantity=1000)
        make._shelve(market.cast.place, market.gummies, market.now)
    order = market.draft(("GUMMIES", 1))
    with everyone("test"):
        first = order.lines.get()
        OrderLine.objects.bulk_create(_another(first, position) for position in range(2, 1001))
    for verb in ("submit", "accept", "prepare", "ship"):
        market.do(order, verb)
    order = market.fresh(order)
    told = callers["buyer"].get(f"{API}{order.number}/").json()
    with everyone("test"):
        lines = [line.total for line in order.lines.all()]
        invoice = Invoice.objects.get(order=order)
        billed = [line.total for line in invoice.lines.all()]
    assert (len(lines), set(lines)) == (1000, {Decimal("0.66")})
    assert order.total == sum(lines) == invoice.total == sum(billed) == Decimal("660.00")
    exported = [Decimal(line["price"]) * Decimal(line["shipped"]) for line in told["lines"]]
    assert (told["total"], sum(exported)) == ("660.00", order.total)


def _another(line: OrderLine, position: int) -> OrderLine:
    kept = {field.attname: getattr(line, field.attname) for field in OrderLine._meta.fields if not field.primary_key}
    return OrderLine(**kept | {"position": position})


def test_fc60_no_float_is_anywhere_in_orders_and_prices():
    """Nor a literal with a point, which is one. Charts and PDFs are drawn with floats, and nobody adds those up."""
    names = ("orders/actions/**/*.py", "orders/rules/*.py", "orders/models/*.py", "catalog/prices/*.py")
    paths = [path for name in (*names, "catalog/actions/prices.py") for path in (settings.ROOT / "apps").glob(name)]
    found = [hit for path in paths for hit in _floats(path)]
    assert len(paths) > 50
    assert found == []


def _floats(path: Path) -> list[str]:
    return [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text()))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.Call) and ast.unparse(node.func) == "float")
    ]
