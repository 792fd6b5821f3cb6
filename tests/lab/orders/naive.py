"""The control: the reservation step as it is often written. It reads what is free, decides, and writes the sum back,
with no lock and no condition; everything else is the product's."""

from collections import defaultdict
from decimal import Decimal

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import Short, ShortLine, as_seller
from apps.catalog.models import Reservation, ShelfLine


def take_the_lock_out() -> None:
    """In this process alone."""
    reserving.hold = hold


def hold(*, seller, order, wants, now) -> None:
    wants = list(wants)
    asked: dict = defaultdict(Decimal)
    for want in wants:
        asked[want.shelf_line] += want.quantity
    with as_seller(seller):
        lines = ShelfLine.objects.order_by("pk").filter(pk__in=asked)
        read = {line.pk: line for line in lines}
        short = [ShortLine(pk, need, read[pk].available) for pk, need in asked.items() if read[pk].available < need]
        if short:
            raise Short(short)
        for pk, line in read.items():
            line.held += asked[pk]
            line.save(update_fields=["held"])
        Reservation.objects.bulk_create(
            Reservation(
                organization_id=seller,
                shelf_line_id=want.shelf_line,
                order=order,
                line=want.line,
                quantity=want.quantity,
                state=Reservation.State.HELD,
                made_at=now,
            )
            for want in wants
        )
