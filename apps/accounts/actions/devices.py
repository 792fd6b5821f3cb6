"""Devices that aren't asked for the second factor: trusted for thirty days by who has just shown it."""

import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from apps.accounts.models import TrustedDevice, User
from apps.accounts.rules.devices import may_trust_devices, name_of
from apps.accounts.tokens import digest_of
from apps.accounts.visitors import RequestFacts
from apps.core import audit
from apps.core.scope import scope

LIFE = timedelta(days=30)


def may_trust(user: User) -> bool:
    """Whether their rights allow it at all."""
    with scope(user=user.pk):
        roles = list(user.memberships.values_list("role", "organization__side"))
    return may_trust_devices(roles, is_staff=user.is_staff, is_superuser=user.is_superuser)


def trust(user: User, *, request_facts: RequestFacts, now: datetime) -> str | None:
    """A secret for this device's cookie; None for whom it isn't allowed."""
    if not may_trust(user):
        return None
    secret = secrets.token_urlsafe(32)
    with scope(user=user.pk):
        device = TrustedDevice.objects.create(
            user=user,
            name=name_of(request_facts.agent) or _("A browser"),
            digest=digest_of(secret),
            stamp=user.get_session_auth_hash(),
            address=request_facts.address or None,
            expires_at=now + LIFE,
        )
        audit.record(user, "device.trusted", device)
    return secret


def find(user: User, held: list[str], *, now: datetime) -> TrustedDevice | None:
    """The device that one of the secrets a browser holds makes trusted for this person now, under this password and
    these rights."""
    if not held or not may_trust(user):
        return None
    with scope(user=user.pk):
        mine = TrustedDevice.objects.filter(user=user, stamp=user.get_session_auth_hash(), expires_at__gt=now)
        found = mine.filter(digest__in=[digest_of(secret) for secret in held]).first()
        if found:
            TrustedDevice.objects.filter(pk=found.pk).update(last_used_at=now)
    return found


def forget(user: User, device_id: int) -> bool:
    """Sessions this device opened are no longer verified; False for one that isn't theirs."""
    with scope(user=user.pk):
        gone = TrustedDevice.objects.filter(user=user, pk=device_id)
        if not gone.exists():
            return False
        audit.record(user, "device.forgotten", gone.get())
        gone.delete()
    return True


def forget_all(user: User) -> None:
    """Call it with whatever changes how the account is entered: password, factors."""
    with scope(user=user.pk):
        TrustedDevice.objects.filter(user=user).delete()
