"""What is long over goes; what still counts stays."""

from datetime import timedelta

from django.utils import timezone

from apps.accounts.actions import budgets, sessions, signing_in
from apps.accounts.models import Budget, Pending, Session
from apps.accounts.tasks import clean
from apps.core.scope import everyone
from tests import make

from .ways import tokens_of

NOW = timezone.now()


def test_old_tries_sign_ins_and_sessions_go_and_todays_stay(db):
    user = make.user(staff=True)
    for days in (0, 2):
        at = NOW - timedelta(days=days)
        budgets.spend((budgets.CODES, f"{days}"), now=at)
        signing_in.await_second_factor(user=user, amr=["pwd"], now=at)
    tokens_of(user)
    tokens_of(user, now=NOW - timedelta(days=40))
    clean()

    assert list(Budget.objects.values_list("pk", flat=True)) == ["code:0"]
    with everyone("test"):
        assert (Pending.objects.count(), Session.objects.count()) == (1, 1)


def test_an_ended_session_is_kept_a_month(db):
    user = make.user()
    tokens_of(user)
    sessions.end_all(user, because="test", by="test", now=NOW)
    clean()
    with everyone("test"):
        assert Session.objects.count() == 1
        Session.objects.update(revoked_at=NOW - timedelta(days=31))
        clean()
        assert Session.objects.count() == 0
