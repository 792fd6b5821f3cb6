"""What a worker does: our reservation, the ORM's way of the same, the bare statement, and the whole submit."""

import random
from contextlib import contextmanager
from decimal import Decimal
from uuid import uuid4

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from psycopg import Cursor

from apps.accounts.models import User
from apps.catalog.actions import reserving
from apps.catalog.actions.reserving import Short, Want
from apps.catalog.models import Reservation, ShelfLine
from apps.core.scope import everyone, scope
from tests.conftest import enter

ONE = Decimal(1)
# On a sum that has no rows behind it, so that the others' sums stay true.
BARE = "UPDATE catalog_shelfline SET safety = safety + 1 WHERE id = %s AND quantity - safety >= 1"


@contextmanager
def ours(seller, lines: list, number: int, each: int):
    picks = _picks(lines, number, each)

    def run() -> None:
        now = timezone.now()
        for line in picks:
            reserving.hold(seller=seller, order=uuid4(), wants=[Want(uuid4(), line, ONE)], now=now)

    with scope(seller):
        yield run


@contextmanager
def by_orm(seller, lines: list, number: int, each: int):
    """Lock, look, write the row, save the sum: the same promise, in one transaction."""
    picks = _picks(lines, number, each)

    def once(line, now) -> None:
        with transaction.atomic():
            row = ShelfLine.objects.select_for_update().get(pk=line)
            if row.available < ONE:
                raise RuntimeError("sold out")
            Reservation.objects.create(
                organization_id=seller,
                shelf_line=row,
                order=uuid4(),
                line=uuid4(),
                quantity=ONE,
                state=Reservation.State.HELD,
                made_at=now,
            )
            row.held += ONE
            row.save(update_fields=["held"])

    def run() -> None:
        now = timezone.now()
        for line in picks:
            once(line, now)

    with scope(seller):
        yield run


@contextmanager
def bare(seller, lines: list, number: int, each: int):
    picks = _picks(lines, number, each)
    with scope(seller):
        cursor = Cursor(connection.connection)  # Django's own would write the values into the text and prepare nothing

        def run() -> None:
            for line in picks:
                cursor.execute(BARE, [line], prepare=True)

        yield run


@contextmanager
def until_refused(seller, lines: list, number: int, each: int):
    def run() -> None:
        now = timezone.now()
        for _ in range(each):
            try:
                reserving.hold(seller=seller, order=uuid4(), wants=[Want(uuid4(), lines[0], ONE)], now=now)
            except Short:
                return

    with scope(seller):
        yield run


def drafts(shop, count: int) -> list[tuple[str, int]]:
    """Numbers and versions of drafts with three lines each, made by the action."""
    from apps.accounts.middleware import scope_of
    from apps.orders import actions
    from apps.orders.actions import Asked, actor_of

    with everyone("bench"):
        membership = shop.person.memberships.select_related("organization", "user").get()
        arguments = scope_of(membership)
    made = []
    with scope(**arguments):
        for _ in range(count):
            skus = random.sample([one.sku for one in shop.products], 3)
            order = actions.create(
                seller=shop.seller,
                buyer=shop.buyer,
                location=shop.shop,
                by=actor_of(membership),
                now=timezone.now(),
                lines=[Asked(sku, ONE) for sku in skus],
            )
            made.append((order.number, order.version))
    return made


@contextmanager
def submit(person, made: list, number: int, each: int):
    mine = made[number * each : (number + 1) * each]
    client = Client()
    with everyone("bench"):
        enter(client, User.objects.get(pk=person))
    client.get(f"/api/v1/orders/{mine[0][0]}/")  # a web process that serves has loaded what it needs

    def run() -> None:
        for order, version in mine:
            answer = client.post(
                f"/api/v1/orders/{order}/transitions/",
                {"action": "submit"},
                content_type="application/json",
                headers={"Idempotency-Key": str(uuid4()), "If-Match": f'"{version}"'},
            )
            if answer.status_code != 200:
                raise RuntimeError(answer.content.decode()[:300])

    yield run


def _picks(lines: list, number: int, each: int) -> list:
    return random.Random(number).choices(lines, k=each)  # noqa: S311


ALL = {"reup": ours, "select_for_update": by_orm, "bare conditional UPDATE, prepared": bare}
