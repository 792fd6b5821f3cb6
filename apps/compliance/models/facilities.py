"""A licensed site as METRC knows it (its word: facility), and whether its key still opens."""

from zoneinfo import ZoneInfo

from django.db import models
from django.db.models.functions import Now
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location, Organization
from apps.core import crypto
from apps.core.models import Named

from .windows import MaintenanceWindow


class FacilityQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_authenticated else self.none()

    def reported(self):
        return self.filter(is_active=True)


class Facility(Named):
    """A location's account with METRC. `number` is its licence there; the paper itself, with its dates, is
    accounts.License. `state` is METRC's two letters for the host.

    `sealed` is the user key that METRC gave, `mark` is alike for like keys. `held_at` is set while METRC refuses the
    key, the licence or a permission (`held_for_key`: the key itself). `paused_until` is a rest they asked for.
    `notes_return` says that METRC has shown our mark in a note here: only then is a note that is missing proof enough,
    where others changed the package meanwhile, to send again.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="facilities")
    location = models.OneToOneField(Location, models.CASCADE, related_name="facility")
    number = models.CharField(_("licence number"), max_length=40, unique=True)
    state = models.CharField(_("state"), max_length=2, help_text=_("METRC's two letters: mi, ny, ca."))
    transfer_type = models.CharField(_("transfer type"), max_length=80, blank=True)
    phone = models.CharField(_("phone for questions"), max_length=40, blank=True)
    sealed = models.BinaryField(default=b"", editable=False)
    hint = models.CharField(_("key ends in"), max_length=4, blank=True, editable=False)
    mark = models.CharField(max_length=32, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    notes_return = models.BooleanField(_("notes come back"), default=False)
    held_at = models.DateTimeField(null=True, blank=True, editable=False)
    held_for_key = models.BooleanField(default=False, editable=False)
    held_reason = models.CharField(max_length=240, blank=True, editable=False)
    paused_until = models.DateTimeField(null=True, blank=True, editable=False)
    last_ok_at = models.DateTimeField(_("METRC last answered"), null=True, blank=True, editable=False)
    key_expires_date = models.DateField(_("key expires"), null=True, blank=True)
    rights = models.JSONField(default=dict, editable=False)

    objects = FacilityQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        verbose_name = _("METRC facility")
        verbose_name_plural = _("METRC facilities")

    def __str__(self) -> str:
        return self.number

    @property
    def zone(self) -> ZoneInfo:
        """METRC's local times are the facility's wall clock."""
        return ZoneInfo(self.location.zone)

    def put_key(self, key: str) -> None:
        """Seal METRC's user key; saving is the caller's."""
        self.sealed = crypto.seal(key, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)
        self.hint = key[-4:] if len(key) >= 12 else ""
        self.mark = salted_hmac("compliance.Facility", key, algorithm="sha256").hexdigest()[:32]

    def open_key(self) -> str:
        return crypto.unseal(self.sealed, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)

    @classmethod
    def free_now(cls) -> models.Q:
        """Neither held nor resting nor in a time of maintenance, on the database's clock."""
        rests = models.Q(held_at=None) & (models.Q(paused_until=None) | models.Q(paused_until__lte=Now()))
        return rests & ~models.Exists(MaintenanceWindow.open_now(models.OuterRef("state")))
