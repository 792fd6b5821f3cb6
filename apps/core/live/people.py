"""Who is at the other end, and what they may hear: asked when they come and again while they stay."""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from apps.core import topics
from apps.core.scope import scope


@dataclass(frozen=True)
class Listener:
    """Signed in by a session, or by a ticket of somebody who had none; then `stamp` changes with the password, and
    `sign_in` marks a program's session in its version, while which lives the socket does.

    `organization` is the one the person worked for when the ticket was made; a session says it itself.
    """

    session: str = field(default="", repr=False)
    user: str = ""
    stamp: str = field(default="", repr=False)
    organization: str | None = None
    sign_in: str = ""


_lives: Callable = lambda sign_in, user_id: False  # noqa: E731


def ask_of_programs(lives: Callable) -> None:
    """`lives(mark of a program's session, user's id)`: whether that session still stands, with the rights it had."""
    global _lives
    _lives = lives


_owes: Callable = lambda user, session: False  # noqa: E731


def ask_of_browsers(owes: Callable) -> None:
    """`owes(user, Django's session)`: whether more has to be shown before this session opens anything."""
    global _owes
    _owes = owes


_scope_for: Callable = lambda user, organization: {"user": user.pk}  # noqa: E731


def work_in(scope_for: Callable) -> None:
    """`scope_for(user, chosen organization's id or None)` gives the arguments of the scope this person works in."""
    global _scope_for
    _scope_for = scope_for


def recognise(listener: Listener) -> Listener | None:
    """The listener with their user's id; None for a stranger."""
    user, _ = _present(listener)
    return replace(listener, user=str(user.pk)) if user else None


def admitted(listener: Listener, asked: Iterable[str]) -> set[str] | None:
    """Those of the inner topics this person may hear now; None when they are no longer signed in."""
    user, organization = _present(listener)
    if user is None:
        return None
    with scope(**_scope_for(user, organization)):
        return {topic for topic in asked if _may_hear(user, topic)}


def _may_hear(user, topic: str) -> bool:
    """A key no owner can read (no UUID, say) is a topic that isn't yours, like any other."""
    with contextlib.suppress(ValueError, ValidationError):
        return topics.may_hear(user, topic)
    return False


def _present(listener: Listener):
    """The active user and the organization chosen, as they are in the database now; (None, None) for a stranger."""
    if listener.session:
        return _by_session(listener.session)
    if listener.sign_in and not _lives(listener.sign_in, listener.user):
        return None, None
    user = get_user_model().objects.filter(pk=listener.user or None, is_active=True).first()
    if user and constant_time_compare(user.get_session_auth_hash(), listener.stamp):
        return user, listener.organization
    return None, None


def _by_session(key: str):
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)  # django's own question: backend, password unchanged, still active
    if not user.is_authenticated or _owes(user, request.session):
        return None, None
    return user, request.session.get("organization")
