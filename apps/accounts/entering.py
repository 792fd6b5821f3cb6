"""Between Django's browser session and our rows: who is on the way in, who came in and when they last showed how."""

from datetime import datetime

from django.contrib import auth
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django_otp import login as remember_device

from .actions import devices, sessions, signing_in
from .actions.budgets import mark_of
from .models import Pending, Session, User
from .rules import FRESH, ShownTooLongAgo
from .visitors import facts_of, hold, remember

BACKEND = "apps.accounts.backends.ByRole"


def wait_at_door(request, pending: Pending, next_page: str) -> None:
    """Keep in the anonymous session who has shown a first factor; it signs nobody in."""
    request.session["pending"] = {"id": str(pending.pk), "user": str(pending.user_id), "next": next_page}


def waiting(request, *, now: datetime) -> tuple[Pending, str] | None:
    """The sign-in under way in this browser and where it leads; None when there is none or it has run out."""
    kept = request.session.get("pending")
    try:
        return kept and (signing_in.find_pending(kept["id"], kept["user"], now=now), kept["next"])
    except sessions.NotSignedIn:
        return None


def enter(request, response, user: User, *, amr: list[str], device=None) -> None:
    """The person is in: Django's session anew, our row beside it, this device known to the account."""
    now = timezone.now()
    request.session.pop("pending", None)
    auth.login(request, user, BACKEND)
    if device:
        remember_device(request, device)
    facts = facts_of(request)
    row = sessions.open_in_browser(user=user, key=request.session.session_key, amr=amr, request_facts=facts, now=now)
    request.session["sid"] = str(row.pk)
    if "device" not in amr:  # a trusted device opens pages, not dangerous acts
        shown(request, now)
    remember(request, response, mark_of(user.email))


def trust(request, response, user: User) -> None:
    """Don't ask for the second factor here for thirty days, where the person's rights allow that."""
    secret = devices.trust(user, request_facts=facts_of(request), now=timezone.now())
    if secret:
        hold(request, response, secret)


def leave(request) -> None:
    row = row_of(request)
    if row:
        sessions.end(row, because="logout", by=request.user, now=timezone.now())
    auth.logout(request)


def row_of(request) -> Session | None:
    """The row of this browser's session; call it in the person's scope."""
    kept = request.session.get("sid")
    return Session.objects.filter(pk=kept, user_id=request.user.pk).first() if kept else None


def shown(request, now: datetime) -> None:
    request.session["shown_at"] = now.isoformat()


def is_fresh(request, *, now: datetime) -> bool:
    """The session, a program's or a browser's, has shown who it is within ten minutes. A key never did."""
    if request.api_key:
        return False
    at = request.sign_in.created_at if request.sign_in else parse_datetime(request.session.get("shown_at", ""))
    return at is not None and now - at <= FRESH


def demand_fresh(request, *, now: datetime) -> None:
    """For dangerous acts by API. Raises ShownTooLongAgo."""
    if not is_fresh(request, now=now):
        raise ShownTooLongAgo(_("Show who you are once more: sign in, then try again within ten minutes."))


def name_of(request) -> str:
    """A name for the session this request is part of: a program's, or the browser's; "" outside of both."""
    if request.sign_in:
        return str(request.sign_in.pk)
    key = request.session.session_key
    return salted_hmac("accounts.Nonce", key, algorithm="sha256").hexdigest() if key else ""
