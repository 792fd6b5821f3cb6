"""An order's lines as the catalog's reservations see them, and its refusals in words about those lines."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import Pick, Short, Want
from apps.core.errors import Refused
from apps.core.look.text import quantity as plain
from apps.orders.models import Order, OrderLine

from .moving import Step


def wants(lines: list[OrderLine], amount: str = "ordered") -> list[Want]:
    found = [Want(line.pk, line.shelf_line_id, getattr(line, amount)) for line in lines]
    return [want for want in found if want.quantity > 0]


def hold(step: Step) -> None:
    """Hold what the lines ask. Raises Refused `insufficient-stock` naming every line that falls short."""
    with told_by_line(step.order, step.lines):
        reserving.hold(seller=step.order.seller_id, order=step.order.pk, wants=wants(step.lines), now=step.now)


def hold_again(step: Step, lines: list[OrderLine] | None = None) -> None:
    """Hold what these lines ask, the order's own or copies of them, in place of what is held."""
    lines = step.lines if lines is None else lines
    with told_by_line(step.order, lines):
        reserving.hold_instead(seller=step.order.seller_id, order=step.order.pk, wants=wants(lines), now=step.now)


def allocate(step: Step, chosen: list[Pick] = ()) -> None:
    with told_by_line(step.order, step.lines):
        reserving.allocate(
            seller=step.order.seller_id,
            order=step.order.pk,
            wants=wants(step.lines, "accepted"),
            now=step.now,
            chosen=chosen,
        )


def release(step: Step) -> None:
    reserving.release(seller=step.order.seller_id, order=step.order.pk, now=step.now)


@contextmanager
def told_by_line(order: Order, lines: list[OrderLine]) -> Iterator[None]:
    try:
        yield
    except Short as short:
        raise insufficient(lines, short) from None


def insufficient(lines: list[OrderLine], short: Short) -> Refused:
    """409 with a sentence and the number left for each line concerned, worst first."""
    errors, extra, texts = {}, [], []
    for lack in sorted(short.lines, key=lambda one: one.available - one.asked):
        for position, line in enumerate(lines):
            if line.shelf_line_id != lack.shelf_line:
                continue
            text = _("Only %(n)s %(unit)s of %(product)s left; you asked for %(m)s.") % {
                "n": plain(lack.available),
                "unit": line.unit or _("units"),
                "product": line.name,
                "m": plain(lack.asked),
            }
            errors[f"lines[{position}].quantity"] = [text]
            texts.append(text)
            extra.append(
                {"line": str(line.pk), "sku": line.sku, "asked": _text(lack.asked), "available": _text(lack.available)}
            )
    return Refused(" ".join(texts), code="insufficient-stock", errors=errors, extra={"available": extra})


def _text(amount: Decimal) -> str:
    return f"{amount.normalize():f}"
