"""A forgotten password: a link by letter, good for an hour and once. It proves the mailbox, so it sets the password and
nothing more: the second factor is asked for as ever."""

from datetime import datetime

from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.accounts.visitors import RequestFacts
from apps.core import audit, jobs, mail
from apps.core.errors import Refused
from apps.core.scope import scope

from . import budgets, devices, notices, sessions


class LinkOver(Refused):
    """The link is used, older than an hour, overtaken by a sign-in or a change, or none of ours."""

    code, status = "link-over", 410


def ask(*, email: str, request_facts: RequestFacts, now: datetime) -> None:
    """The same work whoever the email is, or isn't: only the job looks. Raises TooMany."""
    mark = budgets.mark_of(email)
    budgets.spend((budgets.RESETS, mark), (budgets.RESETS_NETWORK, request_facts.network), now=now)
    jobs.enqueue("accounts.mail_reset", email=email.strip().lower())


def send(*, email: str) -> None:
    """The letter, where the email is somebody's who may sign in. The token is made here: no row holds it."""
    user = User.objects.filter(email=email, is_active=True).first()
    if user:
        way = reverse("accounts:reset", args=[user.pk, default_token_generator.make_token(user)])
        mail.send(user.email, "reset", name=user.get_full_name(), way=way)


def find(user_id, token: str) -> User:
    """Whose link it is. Raises LinkOver."""
    return _owner(User.objects.filter(pk=user_id, is_active=True).first(), token)


@transaction.atomic
def set_password(*, user_id, token: str, password: str, now: datetime) -> User:
    """The new password, under a lock: of two who hold the link one comes through. Every session ends. Raises
    LinkOver."""
    user = _owner(User.objects.select_for_update().filter(pk=user_id, is_active=True).first(), token)
    with scope(user=user.pk):
        user.set_password(password)
        user.save(update_fields=["password"])
        sessions.end_all(user, because="password_reset", by=user, now=now)
        devices.forget_all(user)
        audit.record(user, "password.reset", user)
        notices.tell(user, "password_reset", at=now)
    return user


def _owner(user: User | None, token: str) -> User:
    if user is None or not default_token_generator.check_token(user, token):
        raise LinkOver(_("This link no longer works. It is good for an hour, once."))
    return user
