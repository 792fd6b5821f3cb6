"""The licences a site works under, and which warnings of their end were told."""

from datetime import date

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.rules import LicenseKind, LicenseStatus, is_valid_on
from apps.core.models import Named

from .organizations import Location, Organization


class LicenseQuerySet(models.QuerySet):
    def valid_on(self, on: date):
        """Those that hold on that day, of the site's calendar."""
        return self.filter(status=LicenseStatus.ACTIVE, valid_from_date__lte=on, valid_until_date__gte=on)

    def expiring_first(self):
        return self.order_by("valid_until_date", "number")


class License(Named):
    """What the state allows at a location, and until when: valid through its last day there.

    A location may have several; a renewal is a row of its own. Partners see them, for both sides answer for a delivery.
    `note` says where the state's register shows it; it is the holder's own.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", verbose_name=_("holder"))
    location = models.ForeignKey(Location, models.CASCADE, related_name="+")
    number = models.CharField(_("number"), max_length=40)
    state = models.CharField(
        _("state"), max_length=2, validators=[RegexValidator(r"^[A-Z]{2}$", _("Two letters: MI."))]
    )
    kind = models.CharField(_("kind"), max_length=12, choices=LicenseKind.choices)
    valid_from_date = models.DateField(_("valid from"))
    valid_until_date = models.DateField(_("valid until"))
    status = models.CharField(_("status"), max_length=10, choices=LicenseStatus.choices, default=LicenseStatus.ACTIVE)
    note = models.CharField(_("in the state's register"), max_length=240, blank=True)

    objects = LicenseQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = _("licence"), _("licences")
        ordering = ["valid_until_date", "number"]
        constraints = [
            models.UniqueConstraint(fields=["location", "number", "valid_from_date"], name="a_license_once"),
            models.CheckConstraint(
                condition=models.Q(valid_until_date__gte=models.F("valid_from_date")),
                name="a_license_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def is_valid_on(self, on: date) -> bool:
        return is_valid_on(self, on)


class LicenseWarning(models.Model):
    """That the end of a licence was told, so many days before (0: after). Another end is told anew."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    license = models.ForeignKey(License, models.CASCADE, related_name="warnings")
    until_date = models.DateField()
    days = models.PositiveSmallIntegerField()
    told_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["license", "until_date", "days"], name="a_warning_once")]

    def __str__(self) -> str:
        return f"{self.license_id}: {self.days}"
