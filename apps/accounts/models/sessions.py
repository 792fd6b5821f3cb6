"""Sign-ins under way and sign-ins that stand: one row each, so that any can be ended from outside."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.core.models import Named


def amr_field() -> ArrayField:
    """How the person showed who they are (RFC 8176): `pwd`, `wallet`; `otp`, `recovery`, `passkey`, `device`."""
    return ArrayField(models.CharField(max_length=12), default=list)


class Pending(Named):
    """A first factor has been shown; the second is awaited, for five minutes and five tries, and once."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    amr = amr_field()
    tries = models.PositiveSmallIntegerField(default=0)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("sign-in under way")


class SessionQuerySet(models.QuerySet):
    def alive(self, now):
        return self.filter(revoked_at=None, expires_at__gt=now)


class Session(Named):
    """A sign-in that stands, in a browser or of a program; the latter is a family of refresh tokens.

    `stamp` changes with the password. `version` counts what makes access tokens stale before their time. Of the refresh
    token only digests are kept; its `successor` is sealed, to be given again within the seconds of grace.
    """

    class Kind(models.TextChoices):
        BROWSER = "browser", _("Browser")
        API = "api", _("Program")

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="sessions")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    key = models.CharField(max_length=40, blank=True, db_index=True)
    amr = amr_field()
    agent = models.CharField(max_length=200, blank=True)
    address = models.GenericIPAddressField(null=True)
    stamp = models.CharField(max_length=64)
    version = models.PositiveIntegerField(default=1)
    refresh_digest = models.CharField(max_length=64, blank=True)
    previous_digest = models.CharField(max_length=64, blank=True)
    rotated_at = models.DateTimeField(null=True)
    successor = models.BinaryField(null=True)
    last_seen_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_because = models.CharField(max_length=24, blank=True)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]

    @property
    def mark(self) -> str:
        """Of the session in this version: with other rights it is another."""
        return f"{self.pk}.{self.version}"

    @property
    def verified(self) -> bool:
        return rules.is_verified(self.amr)
