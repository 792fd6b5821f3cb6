"""Signing in: a first factor, then a second where the account has one or its role demands one."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import BoundedSemaphore

from django.contrib.auth import authenticate
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts import tokens
from apps.accounts.models import Pending, User
from apps.accounts.visitors import RequestFacts
from apps.core.errors import Refused
from apps.core.scope import scope

from . import budgets, factors, sessions
from .sessions import NotSignedIn, Tokens

PENDING = timedelta(minutes=5)
TRIES = 5
AT_ONCE = 2  # password checks in this process: each costs Argon2's memory and a core
PATIENCE = 5  # seconds to wait for one's turn
_gate = BoundedSemaphore(AT_ONCE)


class Busy(Refused):
    """Too many people sign in at this moment."""

    code, status = "busy", 503
    headers = {"Retry-After": str(PATIENCE)}


@dataclass(frozen=True)
class Step:
    """What comes after the first factor: tokens, or a pending sign-in that waits for one of `methods`.

    `enrol_required`: the role demands a factor and there is none yet.
    """

    tokens: Tokens | None = None
    pending: Pending | None = None
    methods: tuple[str, ...] = ()
    enrol_required: bool = False

    @property
    def mfa_token(self) -> str:
        return str(tokens.SecondFactor.of(self.pending.user_id, pid=str(self.pending.pk)))


def check_password(*, email: str, password: str, request_facts: RequestFacts, now: datetime) -> User | None:
    """The active person, or None. Raises TooMany or Busy before any password is looked at; the answer and the time it
    takes are the same whether or not the email is anybody's."""
    mark = budgets.mark_of(email)
    if mark in request_facts.known:
        tries = [(budgets.PASSWORDS, f"{mark}:known:{budgets.mark_of(request_facts.agent)[:16]}")]
    else:
        tries = [(budgets.PASSWORDS, mark), (budgets.PASSWORDS_NETWORK, request_facts.network)]
    budgets.spend(*tries, now=now)
    with turn():
        user = authenticate(None, username=email.strip().lower(), password=password)
    if user:
        budgets.give_back(*tries, at=now)
    return user


def after_first_factor(*, user: User, amr: list[str], request_facts: RequestFacts, now: datetime) -> Step:
    """A program has shown `amr`: its tokens, or what it has to show yet."""
    step = await_second_factor(user=user, amr=amr, now=now)
    if step:
        return step
    return Step(tokens=sessions.open_session(user=user, amr=amr, request_facts=request_facts, now=now))


def await_second_factor(*, user: User, amr: list[str], now: datetime) -> Step | None:
    """A pending sign-in; None for an account that needs no second factor."""
    with scope(user=user.pk):
        methods = tuple(factors.methods_of(user))
        if not methods and not user.needs_factor:
            return None
        pending = Pending.objects.create(user=user, amr=amr, expires_at=now + PENDING)
    return Step(pending=pending, methods=methods, enrol_required=not methods)


def pending_of(mfa_token: str, *, now: datetime) -> Pending:
    """The sign-in a short-lived token waits for. Raises NotSignedIn."""
    said = sessions.read(tokens.SecondFactor, mfa_token)
    return find_pending(said["pid"], said["sub"], now=now)


def find_pending(pending_id, user_id, *, now: datetime) -> Pending:
    with scope(user=user_id):
        found = _open(now).select_related("user").filter(pk=pending_id, user_id=user_id, user__is_active=True).first()
    if found is None:
        raise NotSignedIn(_("This sign-in has run out. Start again with your password."))
    return found


def show_second_factor(*, pending: Pending, method: str, code, now: datetime):
    """The device that took the code, or None. A try is counted before it is made; the fifth wrong one ends it."""
    _count(pending, now)
    device = factors.verify(pending.user, method, code, now=now, bound=str(pending.pk))
    return device and _used(pending, now) and device


def enrol(*, pending: Pending, code: str, now: datetime) -> list[str] | None:
    """Somebody who must have a factor and has none takes one into use on the way in: their recovery codes, or None."""
    if factors.methods_of(pending.user):
        raise NotSignedIn(_("This account has a second factor already. Sign in with it."))
    _count(pending, now)
    codes = factors.confirm(pending.user, code, now=now)
    return codes if codes and _used(pending, now) else None


def _count(pending: Pending, now: datetime) -> None:
    with scope(user=pending.user_id):
        if not _open(now).filter(pk=pending.pk).update(tries=F("tries") + 1):
            raise NotSignedIn(_("This sign-in has run out. Start again with your password."))
    pending.tries += 1


@transaction.atomic
def _used(pending: Pending, now: datetime) -> bool:
    with scope(user=pending.user_id):
        return bool(Pending.objects.filter(pk=pending.pk, used_at=None).update(used_at=now))


def _open(now: datetime):
    return Pending.objects.filter(used_at=None, expires_at__gt=now, tries__lt=TRIES)


@contextmanager
def turn():
    """One's turn to work out a password's hash, in this process. Raises Busy."""
    if not _gate.acquire(timeout=PATIENCE):
        raise Busy(_("Many people sign in at this moment. Try again in a few seconds."))
    try:
        yield
    finally:
        _gate.release()
