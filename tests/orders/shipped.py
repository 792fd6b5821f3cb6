"""Orders as their tests on money need them: rows in a state, with lines that have a price."""

from decimal import Decimal
from itertools import count

from django.utils import timezone

from apps.orders.models import Order, OrderLine
from apps.orders.rules import State, money
from tests import make

numbers = count(9001)


@make.builder
def an_order(cast, *lines, state=State.SHIPPED, terms="NET_30", buyer=None, **values) -> Order:
    """`lines` are (quantity, price each); what has left is shipped in full."""
    buyer = buyer or cast.retailer
    place = buyer.locations.first() or make.location(organization=buyer)
    order = Order.objects.create(
        number=str(next(numbers)),
        state=state,
        seller=cast.wholesaler,
        buyer=buyer,
        location=place,
        ships_from=cast.place,
        terms=terms,
        moved_at=timezone.now(),
        **make.told_by_order(cast.wholesaler, buyer, cast.place, place) | values,
    )
    made = [_line(order, position, *line) for position, line in enumerate(lines or [("10", "12.50")], 1)]
    order.total = money.total(line.total for line in made)
    order.lines_count = len(made)
    order.save()
    return order


def _line(order: Order, position: int, quantity: str, price: str) -> OrderLine:
    shelf = make.shelf_line(location=order.ships_from, quantity="1000")
    amount = Decimal(quantity)
    accepted = amount if order.state != State.PENDING else 0
    return OrderLine.objects.create(
        order=order,
        seller_id=order.seller_id,
        buyer_id=order.buyer_id,
        position=position,
        product=shelf.product,
        shelf_line=shelf,
        sku=shelf.product.sku,
        name=shelf.product.name,
        unit="ea",
        ordered=amount,
        accepted=accepted,
        shipped=amount if order.state in (State.SHIPPED, State.DELIVERED) else 0,
        price=Decimal(price),
        total=money.line_total(amount, Decimal(price)),
    )
