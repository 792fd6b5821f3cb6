"""Sessions: opened after the last factor, refreshed under a lock, ended by logout, misuse, a change of the account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from rest_framework_simplejwt.exceptions import TokenError

from apps.accounts import tokens
from apps.accounts.models import Pending, Session, User
from apps.accounts.visitors import RequestFacts
from apps.core import audit, crypto
from apps.core.errors import Refused
from apps.core.scope import everyone, scope

from . import notices

GRACE = timedelta(seconds=10)
BROWSER_LIFE = timedelta(hours=12)
KEPT = timedelta(days=30)


@dataclass(frozen=True)
class Tokens:
    """What a program holds. Neither is written to a log."""

    access: str
    refresh: str

    def __repr__(self) -> str:
        return "Tokens(…)"


class NotSignedIn(Refused):
    """The token is none, or none any more: 401."""

    code, status = "not-signed-in", 401
    headers = {"WWW-Authenticate": "Bearer"}


@transaction.atomic
def open_session(*, user: User, amr: list[str], request_facts: RequestFacts, now: datetime) -> Tokens:
    """A program's session, after all factors it needs. Its refresh tokens are one family, alive for seven days each."""
    with scope(user=user.pk):
        row = _row(user, Session.Kind.API, amr, request_facts, now)
        row.expires_at = now + tokens.Refresh.lifetime
        made = _pair(row)
        row.refresh_digest = tokens.digest_of(made.refresh)
        row.save(force_insert=True)
        _entered(row, now)
    return made


@transaction.atomic
def open_in_browser(*, user: User, key: str, amr: list[str], request_facts: RequestFacts, now: datetime) -> Session:
    """The row beside Django's own session `key`: what the person sees in their list and can end."""
    with scope(user=user.pk):
        row = _row(user, Session.Kind.BROWSER, amr, request_facts, now)
        row.key, row.expires_at = key, now + BROWSER_LIFE
        row.save(force_insert=True)
        _entered(row, now)
    return row


def find(access: str, *, now: datetime) -> Session:
    """The session an access token speaks for, its user at hand. One indexed read; raises NotSignedIn."""
    said = read(tokens.Access, access)
    with scope(user=said["sub"]):
        row = _standing(said["sid"], said["sub"], now)
    if row is None or row.version != said.get("ver"):
        raise NotSignedIn(_("This session has ended. Sign in again."))
    return row


def lives(mark: str, user_id) -> bool:
    """Whether it stands now, and with the rights it had: asked by sockets again and again."""
    with scope(user=user_id):
        row = _standing(mark.partition(".")[0], user_id, timezone.now())
    return row is not None and row.mark == mark


def refresh(token: str, *, now: datetime) -> Tokens:
    """The next pair. The same token again within the grace gives the same one; later it ends the whole family."""
    said = read(tokens.Refresh, token)
    with scope(user=said["sub"]), transaction.atomic():
        row = Session.objects.select_for_update().filter(pk=said["sid"]).first()
        made = _next(row, token, now) if row and _stands(row, now) else None
    if made is None:
        raise NotSignedIn(_("This session has ended. Sign in again."))
    return made


def log_out(token: str, *, now: datetime) -> None:
    """End the session of a refresh token; one that is nobody's, or ended, changes nothing."""
    try:
        said = read(tokens.Refresh, token)
    except NotSignedIn:
        return
    with scope(user=said["sub"]):
        for row in Session.objects.alive(now).filter(pk=said["sid"]).select_related("user"):
            end(row, because="logout", by=row.user, now=now)


@transaction.atomic
def end(row: Session, *, because: str, by, now: datetime) -> None:
    """From the next request on it is nobody's. Sockets opened from it close within a round of the hub."""
    if not Session.objects.alive(now).filter(pk=row.pk).update(revoked_at=now, revoked_because=because):
        return
    if row.key:
        _store()(row.key).delete()
    audit.record(by, "session.ended", row, because=because)


def end_all(user: User, *, because: str, by, now: datetime, but: Session | None = None) -> int:
    """End every session of the person, or every other one than `but`; returns how many."""
    with scope(user=user.pk):
        rows = list(Session.objects.alive(now).filter(user=user).exclude(pk=but and but.pk))
        for row in rows:
            end(row, because=because, by=by, now=now)
    return len(rows)


def make_stale(user_id) -> None:
    """The person's rights changed: access tokens made before are refused, a refresh brings one with the new rights."""
    with scope(user=user_id):
        Session.objects.filter(user_id=user_id, revoked_at=None).update(version=F("version") + 1)


def clean(now: datetime) -> None:
    """Sign-ins that never got through go after a day, ended sessions after a month; the audit trail keeps both."""
    with everyone("cleaning up"):
        Pending.objects.filter(expires_at__lt=now - timedelta(days=1)).delete()
        Session.objects.filter(expires_at__lt=now - KEPT).delete()
        Session.objects.filter(revoked_at__lt=now - KEPT).delete()


# --- how a family goes on


def _next(row: Session, token: str, now: datetime) -> Tokens | None:
    digest = tokens.digest_of(token)
    if constant_time_compare(digest, row.refresh_digest):
        return _rotate(row, now)
    if constant_time_compare(digest, row.previous_digest) and now - row.rotated_at <= GRACE:
        return Tokens(access=_access(row), refresh=crypto.unseal(row.successor, **_bound(row)))
    # an older token is in two hands: which is the thief's, nobody knows
    end(row, because="reuse", by=row.user, now=now)
    notices.tell(row.user, "refresh_reused", at=now)
    return None


def _rotate(row: Session, now: datetime) -> Tokens:
    made = _pair(row)
    row.previous_digest, row.refresh_digest = row.refresh_digest, tokens.digest_of(made.refresh)
    row.successor = crypto.seal(made.refresh, **_bound(row))
    row.rotated_at = row.last_seen_at = now
    row.expires_at = now + tokens.Refresh.lifetime
    row.save()
    return made


def _pair(row: Session) -> Tokens:
    return Tokens(access=_access(row), refresh=str(tokens.Refresh.of(row.user_id, sid=str(row.pk))))


def _access(row: Session) -> str:
    return str(tokens.Access.of(row.user_id, sid=str(row.pk), ver=row.version, amr=row.amr))


def _bound(row: Session) -> dict:
    return {"table": "accounts_session.successor", "pk": row.pk, "organization": None}


# --- whether a session stands


def read(kind: type[tokens.Ours], token: str) -> tokens.Ours:
    """A token of ours of this kind; raises NotSignedIn for any other text."""
    try:
        return kind(token)
    except TokenError as error:
        raise NotSignedIn(_("This token is not valid. Sign in again.")) from error


def _standing(session_id, user_id, now: datetime) -> Session | None:
    row = Session.objects.alive(now).select_related("user").filter(pk=session_id, user_id=user_id).first()
    return row if row and _stands(row, now) else None


def _stands(row: Session, now: datetime) -> bool:
    """Not ended, not run out, and the account is as it was: active, under the same password."""
    if row.revoked_at or row.expires_at <= now or not row.user.is_active:
        return False
    return constant_time_compare(row.stamp, row.user.get_session_auth_hash())


def _row(user: User, kind: str, amr: list[str], facts: RequestFacts, now: datetime) -> Session:
    return Session(
        user=user,
        kind=kind,
        amr=amr,
        agent=facts.agent,
        address=facts.address or None,
        stamp=user.get_session_auth_hash(),
        last_seen_at=now,
    )


def _entered(row: Session, now: datetime) -> None:
    User.objects.filter(pk=row.user_id).update(last_login=now)
    audit.record(row.user, "session.opened", row, kind=row.kind, amr=row.amr)


def _store():
    return import_module(settings.SESSION_ENGINE).SessionStore
