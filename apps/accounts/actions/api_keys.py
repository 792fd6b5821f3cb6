"""API keys: made after a step-up and shown once, found by each request, revoked from one request to the next."""

import hashlib
import re
import secrets
from base64 import b32encode
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from apps.accounts import rules
from apps.accounts.models import ApiKey, Membership, Organization
from apps.core import audit
from apps.core.errors import Refused
from apps.core.scope import everyone

from .sessions import NotSignedIn

MOST = 20  # standing keys an organization
PREFIX_CHARS, SECRET_BYTES = 8, 32  # 40 bits to tell keys apart, 256 bits to keep
NOTED_EVERY = timedelta(minutes=1)
FORM = re.compile(r"(ru_[a-z2-7]{8})_[a-z2-7]{52}")


class KeyRefused(Refused):
    code, status = "key-refused", 422


@transaction.atomic
def make_key(
    *, organization: Organization, name: str, scopes: list[str], by, now: datetime, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which nobody can read again. Raises KeyRefused. Who may, and their step-up, is the face's
    to ask."""
    _fit(scopes, expires_at, now)
    Organization.objects.select_for_update().get(pk=organization.pk)
    if ApiKey.objects.filter(organization=organization).alive(now).count() >= MOST:
        raise KeyRefused(_("There are %(most)d keys already. Revoke one that is not used.") % {"most": MOST})
    prefix = f"ru_{_letters(5)[:PREFIX_CHARS]}"
    text = f"{prefix}_{_letters(SECRET_BYTES)}"
    key = ApiKey(organization=organization, name=name, prefix=prefix, digest=digest_of(text), made_by=by)
    key.scopes, key.expires_at = sorted(set(scopes)), expires_at
    key.save(force_insert=True)
    audit.record(by, "apikey.made", key, organization=organization, name=name, prefix=prefix, scopes=key.scopes)
    return key, text


@transaction.atomic
def revoke_key(*, key: ApiKey, by, now: datetime) -> None:
    """From the next request on it opens nothing; a second time changes nothing."""
    if ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=now):
        audit.record(by, "apikey.revoked", key, organization=key.organization_id, prefix=key.prefix)


def revoke_keys_of(*, user, organization, by, now: datetime) -> int:
    """Who leaves takes no key along; returns how many there were."""
    keys = list(ApiKey.objects.filter(organization=organization, made_by=user, revoked_at=None))
    for key in keys:
        revoke_key(key=key, by=by, now=now)
    return len(keys)


def find_key(text: str, *, now: datetime) -> ApiKey:
    """The standing key this is, its organization and maker at hand. Raises NotSignedIn, in the same words for one that
    never was, was revoked, has run out, or whose maker may no longer make keys."""
    formed = FORM.fullmatch(text)
    with everyone("finding the organization of a key"):
        key = formed and _kept(formed[1], text, now)
        if not key or not _maker_still_may(key):
            raise NotSignedIn(_("This key opens nothing. It may have been revoked, or have run out."))
        _note_use(key, now)
    return key


def _kept(prefix: str, text: str, now: datetime) -> ApiKey | None:
    rows = ApiKey.objects.alive(now).select_related("organization", "made_by")
    key = rows.filter(prefix=prefix, made_by__is_active=True).first()
    return key if key and constant_time_compare(key.digest, digest_of(text)) else None


def _maker_still_may(key: ApiKey) -> bool:
    of_maker = Membership.objects.filter(user=key.made_by_id, organization=key.organization_id)
    return rules.may("accounts.manage_keys", of_maker.select_related("organization").first())


def _note_use(key: ApiKey, now: datetime) -> None:
    """At most once a minute: a busy program must not write a row a request."""
    if key.last_used_at is None or now - key.last_used_at >= NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)


def _fit(scopes: list[str], expires_at: datetime | None, now: datetime) -> None:
    unknown = sorted(set(scopes) - set(rules.SCOPES))
    if unknown or not scopes:
        said = _("No scope has this name: %(names)s.") % {"names": ", ".join(unknown)} if unknown else _("Choose one.")
        raise KeyRefused(_("The key needs scopes that there are."), errors={"scopes": [said]})
    if expires_at and expires_at <= now:
        raise KeyRefused(_("The key would have run out."), errors={"expires_at": [_("This is past.")]})


def digest_of(text: str) -> str:
    """256 random bits need no slow digest."""
    return hashlib.sha256(text.encode()).hexdigest()


def _letters(count: int) -> str:
    """So many random bytes as lower-case letters and digits."""
    return b32encode(secrets.token_bytes(count)).decode().rstrip("=").lower()
