"""Passkeys: taken into use by who has just shown who they are, shown as a second factor, removed."""

from datetime import datetime

import structlog
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.actions import devices, notices
from apps.accounts.models import Authenticator, Passkey, RecoverySheet, User
from apps.core import audit
from apps.core.errors import Refused
from apps.core.scope import scope

from . import ceremony

MOST = 10
log = structlog.get_logger(__name__)


class PasskeyRefused(Refused):
    """What the browser brought is no new passkey of this person's, asked for here."""

    code, status = "passkey-refused", 422


class LastFactor(Refused):
    """The role demands a second factor, and this is the only one."""

    code = "last-factor"


def creation_options(user: User, *, bound: str, now: datetime) -> dict:
    """What the browser needs to make a passkey; `bound` names the session that asks, where alone it can be answered.
    Raises PasskeyRefused where there are enough."""
    with scope(user=user.pk), transaction.atomic():
        if Passkey.objects.filter(user=user).count() >= MOST:
            raise PasskeyRefused(_("Ten passkeys are kept already. Remove one first."))
        return ceremony.creation_options(user, bound=bound, now=now)


def request_options(user: User, *, bound: str, now: datetime) -> dict:
    """What the browser needs to show one; `bound` as above."""
    with scope(user=user.pk), transaction.atomic():
        return ceremony.request_options(user, bound=bound, now=now)


def register(user: User, *, answer, name: str, bound: str, now: datetime) -> Passkey:
    """Keep the passkey that the browser has made. Raises PasskeyRefused."""
    said = ceremony.read(answer)
    with scope(user=user.pk):
        made = ceremony.created(user, said, bound=bound, now=now)
        key = made and _kept(user, made, said, name)
    if not key:
        raise PasskeyRefused(_("That passkey was not accepted. Nothing was changed; try again."))
    return key


def show(user: User, answer, *, bound: str, now: datetime) -> Passkey | None:
    """The passkey behind a browser's answer, or None. A counter that did not go up (where one counts) means that
    somebody holds a copy: refused, and the person is told."""
    said = ceremony.read(answer)
    with scope(user=user.pk), transaction.atomic():
        mine = Passkey.objects.select_for_update().filter(user=user, confirmed=True)
        key = mine.filter(credential_id=ceremony.raw_id(said)).first()
        found = key and ceremony.shown(user, key, said, bound=bound, now=now)
        if not found:
            return None
        if (found.new_sign_count or key.sign_count) and found.new_sign_count <= key.sign_count:
            audit.record(user, "passkey.copied", key, counter=found.new_sign_count, kept=key.sign_count)
            notices.tell(user, "passkey_copied", at=now, name=key.name)
            return None
        mine.filter(pk=key.pk).update(sign_count=found.new_sign_count, last_used_at=now)
    return key


@transaction.atomic
def remove(user: User, key_id: int, *, now: datetime) -> bool:
    """False for one that isn't theirs. Raises LastFactor; where none is demanded, recovery codes go with the last."""
    with scope(user=user.pk):
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        key = Passkey.objects.filter(user=user, pk=key_id).first()
        if key is None:
            return False
        if is_last(user):
            if user.needs_factor:
                raise LastFactor(_("Your role asks for a second factor, and this is the only one you have."))
            RecoverySheet.objects.filter(user=user).delete()
        audit.record(user, "passkey.removed", key, name=key.name)
        key.delete()
        devices.forget_all(user)
        notices.tell(user, "passkey_removed", at=now, name=key.name)
    return True


def is_last(user: User) -> bool:
    """Whether one passkey is all there is beside the password. Call it in their scope."""
    others = Authenticator.objects.filter(user=user, confirmed=True).exists()
    return not others and Passkey.objects.filter(user=user).count() <= 1


def _kept(user: User, made, said: dict, name: str) -> Passkey | None:
    transports = said.get("response", {}).get("transports") or []
    try:
        with transaction.atomic():
            key = Passkey.objects.create(
                user=user,
                name=name,
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                transports=[word for word in transports if isinstance(word, str) and len(word) <= 16][:8],
            )
            audit.record(user, "passkey.added", key, name=name)
            devices.forget_all(user)
            notices.tell(user, "passkey_added", at=key.created_at, name=name)
    except IntegrityError:
        return None
    return key
