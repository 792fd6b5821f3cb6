"""Second factors as django-otp devices of ours: an authenticator app's key sealed, recovery codes kept as digests."""

import re
import time
from base64 import b32encode
from urllib.parse import quote, urlencode

from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device
from django_otp.oath import TOTP

from apps.core import crypto

ISSUER = "ReUp"
STEP_SECONDS, DIGITS = 30, 6
STEPS_OFF = 1  # a phone's clock may be one step behind or ahead
CODE = re.compile(r"[0-9]{6}")


class Authenticator(Device):
    """An authenticator app (RFC 6238). Its key is sealed for its owner; a step's code is taken once.

    Verify through `actions.factors`, which asks `django_otp.verify_token`: that locks the row.
    """

    sealed = models.BinaryField(editable=False)
    last_step = models.BigIntegerField(default=-1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    method = "totp"

    class Meta:
        verbose_name = _("authenticator app")
        constraints = [models.UniqueConstraint(fields=["user", "confirmed"], name="one_authenticator_a_person")]

    def put(self, key: bytes) -> None:
        """Seal the key; saving is the caller's."""
        self.sealed = crypto.seal(key.hex(), **self._bound)

    @property
    def key(self) -> bytes:
        return bytes.fromhex(crypto.unseal(self.sealed, **self._bound))

    @property
    def secret(self) -> str:
        """The key as people type it and programs take it: base32."""
        return b32encode(self.key).decode()

    @property
    def uri(self) -> str:
        """For a QR code, in the form that authenticator apps read (Google's Key URI Format)."""
        label = quote(f"{ISSUER}:{self.user.email}")
        asked = {"secret": self.secret, "issuer": ISSUER, "digits": DIGITS, "period": STEP_SECONDS}
        return f"otpauth://totp/{label}?{urlencode(asked)}"

    def verify_token(self, token: str) -> bool:
        if not CODE.fullmatch(token):
            return False
        totp = TOTP(self.key, STEP_SECONDS, 0, DIGITS)
        totp.time = time.time()
        if not totp.verify(int(token), STEPS_OFF, self.last_step + 1):
            return False
        self.last_step = totp.t()  # of the step that matched: it and all before it are used up
        self.last_used_at = models.functions.Now()
        self.save(update_fields=["last_step", "last_used_at"])
        return True

    def shows(self, *, at: float | None = None) -> str:
        """The six digits an app shows at a Unix time, or now."""
        totp = TOTP(self.key, STEP_SECONDS, 0, DIGITS)
        totp.time = time.time() if at is None else at
        return f"{totp.token():0{DIGITS}}"

    @property
    def _bound(self) -> dict:
        return {"table": "accounts_authenticator", "pk": self.user_id, "organization": None}


class RecoverySheet(Device):
    """A person's recovery codes, for when the authenticator is lost."""

    created_at = models.DateTimeField(auto_now_add=True)

    method = "recovery"

    class Meta:
        verbose_name = _("recovery codes")
        constraints = [models.UniqueConstraint(fields=["user"], name="one_recovery_sheet_a_person")]

    def verify_token(self, token: str) -> bool:
        """A code is gone with its use."""
        used, _rows = self.codes.filter(digest=digest_of(token)).delete()
        return bool(used)


class RecoveryCode(models.Model):
    """One code's digest. Codes hold 60 random bits: a keyed digest is enough, a slow one would add nothing."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    sheet = models.ForeignKey(RecoverySheet, models.CASCADE, related_name="codes")
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sheet", "digest"], name="a_recovery_code_once")]

    def __str__(self) -> str:
        return f"{self.sheet}: {_('a code')}"


def digest_of(code: str) -> str:
    """Capitals, spaces and dashes don't count."""
    plain = re.sub(r"[\s-]", "", code).lower()
    return salted_hmac("accounts.RecoveryCode", plain, algorithm="sha256").hexdigest()
