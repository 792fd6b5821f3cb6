"""The roof's quiet face: what the demo still has to do once the stores were read."""

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from apps.core import jobs
from reup import demo_orders

SOON = 10


@shared_task(name="reup.fill_orders")
def fill_orders(*, tries: int = 30, **_):
    """The demo's orders, as soon as there is something on the shelf."""
    if settings.PRODUCTION or not settings.REUP_DEMO:
        return
    if demo_orders.fill(timezone.now(), patient=bool(tries)) is None and tries:
        jobs.enqueue("reup.fill_orders", key="demo", after=SOON, tries=tries - 1)
