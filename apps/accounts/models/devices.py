"""Devices that a person asked us not to ask for the second factor."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device


class TrustedDevice(Device):
    """A browser in which the second factor was shown and is not asked for until `expires_at`; only the digest of its
    cookie is kept. A device of django-otp's, so that a session it opened is no longer verified once it is gone.
    `stamp` changes with the password."""

    digest = models.CharField(max_length=64, unique=True, editable=False)
    stamp = models.CharField(max_length=64, editable=False)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, editable=False)
    expires_at = models.DateTimeField(db_index=True)

    method = "device"

    class Meta:
        ordering = ["-created_at"]
        verbose_name = _("trusted device")
