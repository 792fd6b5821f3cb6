"""METRC's record of a receipt moves the order (features T25, T26): delivered as it was counted there, or refused. What
people said first stands, with the difference as a task."""

from decimal import Decimal

import pytest

from apps.catalog.models import StockItem
from apps.compliance.models import Discrepancy, Tag, TransferPackage
from apps.core.scope import everyone
from apps.orders.models import CreditNote, Invoice, Order
from tests.compliance.test_walk import market, trade  # noqa: F401  (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(trade, metrc, pull, run_jobs):  # noqa: F811
    """`sent(("FLOWER", 4), …)` is an order that left with its manifest number, and METRC's id of the transfer."""

    def walk(*lines) -> tuple[Order, int]:
        with everyone("test"):
            StockItem.objects.filter(product=trade.gummies).update(tag=metrc.labels()[1])
        order = trade.order(*lines, state="PREPARING")
        trade.do(order, "manifest")
        run_jobs()
        [template] = metrc.templates()
        transfer = metrc.press(f"templates/{template['Id']}/register")
        assert pull() == ""
        run_jobs()
        return trade.do(order, "ship"), transfer["Id"]

    return walk


@pytest.fixture
def received(metrc, pull, run_jobs):
    """The buyer's licence receives the transfer at METRC, and the seller's mirror is read."""

    def press(transfer: int, *packages: dict) -> None:
        metrc.press(f"transfers/{transfer}/receive", packages=list(packages))
        assert pull() == ""
        run_jobs()

    return press


def label(order, product) -> str:
    """The tag that the product's goods left under."""
    with everyone("test"):
        source = StockItem.objects.get(product=product).tag
        return Tag.objects.filter(order=order.pk, source=source).values_list("label", flat=True).first() or source


def line(order, sku="FLOWER"):
    with everyone("test"):
        return order.lines.get(sku=sku)


def test_what_metrc_shows_as_received_is_delivered(trade, sent, received):  # noqa: F811
    order, transfer = sent(("FLOWER", 4))
    received(transfer)

    order = trade.fresh(order)
    assert (order.state, line(order).received) == ("DELIVERED", 4)
    with everyone("test"):
        event = order.events.get(action="deliver")
        assert (event.side, event.actor_name) == ("system", "ReUp")
        assert Invoice.objects.get(order=order).due_date is not None
        assert not Discrepancy.objects.filter(kind="receipt").exists()
    assert trade.do(order, "confirm").state == "CONFIRMED"


def test_a_package_that_was_turned_away_comes_back_and_is_credited(trade, sent, received):  # noqa: F811
    order, transfer = sent(("FLOWER", 4), ("GUMMIES", 2))
    received(transfer, {"label": label(order, trade.gummies), "rejected": True})

    order = trade.fresh(order)
    assert (order.state, line(order).received, line(order, "GUMMIES").received) == ("DELIVERED", 4, 0)
    assert line(order, "GUMMIES").note == "By METRC's record of the receipt"
    with everyone("test"):
        assert CreditNote.objects.get().amount == Decimal("19.00")


def test_a_transfer_that_was_turned_away_whole_is_a_refusal_at_the_door(trade, sent, received):  # noqa: F811
    order, transfer = sent(("FLOWER", 4))
    received(transfer, {"label": label(order, trade.flower), "rejected": True})

    order = trade.fresh(order)
    assert (order.state, trade.standing()) == ("RETURNED", (0, 0, 4, 6))
    with everyone("test"):
        assert CreditNote.objects.get().amount == order.total == Decimal(80)


def test_who_counted_first_is_not_overruled_and_the_difference_is_a_task(trade, sent, received):  # noqa: F811
    order, transfer = sent(("FLOWER", 4))
    part = {"id": line(order).pk, "received": Decimal(3), "reason": "One broke"}
    trade.do(order, "deliver", lines=[part])
    received(transfer)

    assert (trade.fresh(order).state, line(order).received) == ("DELIVERED", 3)
    with everyone("test"):
        task = Discrepancy.objects.get(kind="receipt")
    assert (task.subject, task.ours, task.theirs, task.state) == (order.number, "FLOWER 3", "FLOWER 4", "open")
    trade.do(order, "confirm", lines=[{"id": line(order).pk, "received": Decimal(4)}])
    with everyone("test"):
        assert Discrepancy.objects.get(kind="receipt").state == "gone"


def test_a_receipt_that_says_less_than_metrc_is_a_task_too(trade, sent, received):  # noqa: F811
    order, transfer = sent(("FLOWER", 4))
    received(transfer)
    trade.do(order, "confirm", lines=[{"id": line(order).pk, "received": Decimal(3)}])
    with everyone("test"):
        assert Discrepancy.objects.get(kind="receipt", state="open").ours == "FLOWER 3"


@pytest.mark.parametrize(
    ("state", "shipped", "taken", "share"),
    [
        ("Accepted", 4, 4, 1),
        ("Accepted", 4, 3, Decimal("0.75")),
        ("Accepted", 4, 5, 1),
        ("Rejected", 4, None, 0),
        ("Returned", 4, 4, 0),
        ("Shipped", 4, None, None),
        ("", 4, 4, None),
        ("Accepted", 4, None, None),
        ("Accepted", None, 4, None),
    ],
)
def test_how_much_of_a_package_was_taken(state, shipped, taken, share):
    amounts = [None if one is None else Decimal(one) for one in (shipped, taken)]
    row = TransferPackage(state=state, shipped_quantity=amounts[0], received_quantity=amounts[1])
    row.shipped_unit = row.received_unit = "Each"
    assert row.share_received == share
    row.received_unit = "Grams"
    assert row.share_received == (0 if share == 0 else None)
