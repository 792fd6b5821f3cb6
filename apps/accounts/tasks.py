"""Accounts' quiet face: letters are sent, what is long over goes."""

from celery import shared_task
from django.utils import timezone

from apps.core.scope import scope

from .actions import budgets, invitations, licenses, notices, resetting, sessions, telling


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


@shared_task(name="accounts.warn_of_licenses")
def warn_of_licenses(**_):
    with scope(everyone="the timetable"):
        licenses.warn_of_ends(now=timezone.now())


@shared_task(name="accounts.mail_license")
def mail_license(*, license: str, user: str, **_):
    licenses.write_of_end(license_id=license, user_id=user, now=timezone.now())


@shared_task(name="accounts.mail_invitation")
def mail_invitation(*, invitation: str, **_):
    invitations.write(invitation)


@shared_task(name="accounts.mail_notification")
def mail_notification(*, notification: int, **_):
    telling.write_letter(notification=notification, now=timezone.now())
