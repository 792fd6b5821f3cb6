"""Second factors: which a person has, taking an authenticator into use, and checking what is shown."""

import secrets
from base64 import b32encode
from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django_otp import verify_token

from apps.accounts.models import Authenticator, Passkey, RecoveryCode, RecoverySheet, User
from apps.accounts.models.factors import digest_of
from apps.core import audit
from apps.core.scope import scope

from . import budgets, devices, notices, passkeys

KEY_BYTES = 20  # as RFC 4226 asks of a shared secret: 160 bits
CODES = 10
AMR = {"totp": "otp", "recovery": "recovery", "passkey": "passkey", "device": "device"}  # as a session's `amr` has it


def methods_of(user: User) -> list[str]:
    """The methods this person can show now; none until an authenticator or a passkey is in use."""
    with scope(user=user.pk):
        found = ["totp"] if Authenticator.objects.filter(user=user, confirmed=True).exists() else []
        found += ["passkey"] if Passkey.objects.filter(user=user, confirmed=True).exists() else []
        return [*found, "recovery"] if found and RecoveryCode.objects.filter(user=user).exists() else found


def device_of(user: User, method: str):
    """The confirmed device behind a method, or None."""
    kind = {"totp": Authenticator, "recovery": RecoverySheet}.get(method)
    with scope(user=user.pk):
        return kind and kind.objects.filter(user=user, confirmed=True).first()


def verify(user: User, method: str, code, *, now: datetime, bound: str = ""):
    """The device that took the code, or None. A passkey's "code" is the browser's answer to a challenge asked for in
    `bound`. Raises budgets.TooMany before looking, when too many were wrong."""
    if method == "passkey":
        return _counted(user, lambda: passkeys.show(user, code, bound=bound, now=now), now)
    device = device_of(user, method)
    return device and _checked(user, device, code, now)


def offer(user: User) -> Authenticator:
    """An authenticator to scan, not yet in use; the same one until it is confirmed."""
    with scope(user=user.pk), transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        device = Authenticator.objects.filter(user=user, confirmed=False).first()
        if device is None:
            device = Authenticator(user=user, name="authenticator", confirmed=False)
            device.put(secrets.token_bytes(KEY_BYTES))
            device.save(force_insert=True)
    return device


def confirm(user: User, code: str, *, now: datetime) -> list[str] | None:
    """The offered authenticator's first code brings it into use, in place of an older one. Answers new recovery codes,
    which are shown once; None when the code is not right."""
    with scope(user=user.pk):
        device = Authenticator.objects.filter(user=user, confirmed=False).first()
        if device is None or not _checked(user, device, code, now):
            return None
        with transaction.atomic():
            Authenticator.objects.filter(user=user, confirmed=True).delete()
            Authenticator.objects.filter(pk=device.pk).update(confirmed=True)
            codes = _new_codes(user)
            audit.record(user, "factor.confirmed", device)
            devices.forget_all(user)
            notices.tell(user, "authenticator_added", at=now)
    return codes


def new_codes(user: User) -> list[str]:
    """Ten recovery codes in place of the older ones; they are shown once, only digests are kept."""
    with scope(user=user.pk), transaction.atomic():
        codes = _new_codes(user)
        audit.record(user, "factor.codes_made", user)
        notices.tell(user, "codes_made", at=timezone.now())
    return codes


def _checked(user: User, device, code: str, now: datetime):
    return _counted(user, lambda: verify_token(user, device.persistent_id, code), now)


def _counted(user: User, look: Callable, now: datetime):
    tries = [(budgets.CODES, str(user.pk)), (budgets.CODES_DAY, str(user.pk))]
    budgets.spend(*tries, now=now)
    with scope(user=user.pk):
        verified = look()
    if verified:
        budgets.give_back(*tries, at=now)
    return verified


def _new_codes(user: User) -> list[str]:
    sheet, _new = RecoverySheet.objects.get_or_create(user=user, defaults={"name": "recovery codes"})
    sheet.codes.all().delete()
    codes = [_code() for _ in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, sheet=sheet, digest=digest_of(code)) for code in codes)
    return codes


def _code() -> str:
    """Twelve letters and digits, 60 bits."""
    text = b32encode(secrets.token_bytes(8)).decode()[:12].lower()
    return "-".join(text[at : at + 4] for at in (0, 4, 8))
