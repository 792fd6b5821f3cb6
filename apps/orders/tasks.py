"""Orders' quiet face: the timetable's, the jobs' and the news' way in."""

from uuid import UUID

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from apps.core import slots
from apps.core.scope import current, scope

from .actions import arriving, backorders, billing, clocks, compliance, shortfalls, telling
from .models import OrderLine


@shared_task(name="orders.move_on")
def move_on(**_):
    """Holds, claims, answers and receipts whose time has come."""
    with scope(everyone="the timetable moves orders on"):
        with transaction.atomic():
            if not slots.take("orders.move_on", every=30):
                return
        clocks.move_on(timezone.now())
        telling.tell_of_late(now=timezone.now())


@shared_task(name="orders.mark_overdue")
def mark_overdue(**_):
    """Invoices whose day has passed."""
    with scope(everyone="the timetable marks invoices"):
        billing.mark_overdue(now=timezone.now())


@shared_task(name="orders.note_stock")
def note_stock(*, location_id: str, products: list[str], **_):
    """News from the catalog: is all that was promised still there, and did come what backorders wait for?"""
    told = {"seller": current().organization, "location": UUID(location_id), "products": products}
    shortfalls.note_stock(**told, now=timezone.now())
    backorders.hold_arrived(**told, now=timezone.now())


@shared_task(name="orders.recheck_short")
def recheck_short(*, order: str, **_):
    """An order that was short moved: is what the others were promised there now?"""
    lines = list(OrderLine.objects.filter(order=order).values_list("shelf_line", flat=True))
    shortfalls.note_stock(seller=current().organization, shelf_lines=lines, now=timezone.now())


@shared_task(name="orders.note_report")
def note_report(*, order_number: str, kind: str, state: str, manifest_number: str, **_):
    """News from compliance: a report settled."""
    now = timezone.now()
    compliance.note_report(order_number=order_number, kind=kind, state=state, manifest_number=manifest_number, now=now)


@shared_task(name="orders.note_transfer")
def note_transfer(
    *, transfer: int, order_number: str, manifest_number: str, is_voided: bool, direction: str, received: bool, **_
):
    """News from compliance: METRC shows a transfer, or that it was received."""
    if direction != "outgoing" or not order_number:
        return
    now = timezone.now()
    compliance.note_transfer(order_number=order_number, manifest_number=manifest_number, is_voided=is_voided, now=now)
    if received and not is_voided:
        arriving.note_received(order_number=order_number, transfer=transfer, now=now)


@shared_task(name="orders.tell_people")
def tell_people(*, event: int, **_):
    """Who is concerned by a move."""
    telling.tell_of_event(event=event, now=timezone.now())


@shared_task(name="orders.tell_of_message")
def tell_of_message(*, message: int, **_):
    telling.tell_of_message(message=message, now=timezone.now())
