"""Accounts' quiet face: what is long over goes."""

from celery import shared_task
from django.utils import timezone

from .actions import budgets, sessions


@shared_task(name="accounts.clean")
def clean(**_):
    now = timezone.now()
    budgets.clean(now)
    sessions.clean(now)
