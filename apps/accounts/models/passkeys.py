"""Passkeys as django-otp devices of ours, and the challenges they are to sign."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device


class Passkey(Device):
    """A public key whose other half never leaves the person's device (WebAuthn Level 3, §4 "credential record").

    It is shown through `actions.factors`, never by a text: `verify_token` says no.
    """

    credential_id = models.BinaryField(unique=True, max_length=1023, editable=False)
    public_key = models.BinaryField(max_length=1023, editable=False)
    sign_count = models.PositiveBigIntegerField(default=0, editable=False)
    transports = ArrayField(models.CharField(max_length=16), default=list, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    method = "passkey"

    class Meta:
        ordering = ["created_at"]
        verbose_name = _("passkey")


class Challenge(models.Model):
    """What an authenticator is to sign: good for one try, for one person and purpose, where it was asked for."""

    class Purpose(models.TextChoices):
        REGISTER = "register", _("Register a passkey")
        SHOW = "show", _("Show a passkey")

    challenge = models.CharField(max_length=128, primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    bound = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.user}: {self.get_purpose_display()}"
