"""Accounts' quiet face: letters are sent, what is long over goes."""

from celery import shared_task
from django.utils import timezone

from .actions import budgets, notices, resetting, sessions


@shared_task(name="accounts.clean")
def clean(**_):
    now = timezone.now()
    budgets.clean(now)
    sessions.clean(now)


@shared_task(name="accounts.mail_notice")
def mail_notice(*, user: str, what: str, at: str, named: dict, **_):
    notices.send(user=user, what=what, at=at, named=named)


@shared_task(name="accounts.mail_reset")
def mail_reset(*, email: str, **_):
    resetting.send(email=email)
