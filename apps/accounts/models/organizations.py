"""Companies, their licensed sites, and who trades with whom."""

from decimal import Decimal
from uuid import UUID
from zoneinfo import available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.core.models import Named

from .credentials import Credential


def known_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(
            _("%(zone)s is no IANA time zone; write it like America/Detroit."), params={"zone": value}
        )


class Organization(Named):
    """A company. Its side says whether it sells or buys. `confirm_above` None: the platform's own limit."""

    name = models.CharField(max_length=120)
    side = models.CharField(max_length=12, choices=rules.Side.choices)
    confirm_above = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=models.Q(confirm_above__gte=0), name="limit_in_bounds")]

    def __str__(self) -> str:
        return self.name

    @property
    def limit(self) -> Decimal:
        """An order of more than this takes a person who has just shown who they are."""
        return settings.ORDER_CONFIRM_ABOVE if self.confirm_above is None else self.confirm_above

    @property
    def sells(self) -> bool:
        return self.side == rules.Side.WHOLESALER


class LocationQuerySet(models.QuerySet):
    def synced(self):
        """Locations whose inventory we can read: they have a Dutchie store number, and a key or a sign-in."""
        opened = Credential.objects.filter(location=models.OuterRef("pk"), kind__in=Credential.READ_STOCK)
        return self.filter(models.Exists(opened), is_active=True, dutchie_loc__isnull=False)

    def named(self, text: str):
        """By our UUID or by Dutchie's store number (INTERFACE: `--location ID`)."""
        if text.isdecimal():
            return self.filter(dutchie_loc=int(text))
        try:
            return self.filter(pk=UUID(text))
        except ValueError:
            return self.none()


class Location(Named):
    """One licensed site. `dutchie_loc` is Dutchie's store number, `dutchie_lsp` the tenant owning products and keys."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="locations")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80, unique=True)
    zone = models.CharField(_("time zone"), max_length=40, validators=[known_zone])
    license_number = models.CharField(_("licence"), max_length=40, blank=True)
    dutchie_lsp = models.PositiveIntegerField(_("Dutchie LSP"), null=True, blank=True)
    dutchie_loc = models.PositiveIntegerField(_("Dutchie store number"), null=True, blank=True)
    is_active = models.BooleanField(default=True)

    objects = LocationQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["dutchie_lsp", "dutchie_loc"], name="one_location_a_dutchie_store"),
            models.UniqueConstraint(fields=["id", "organization"], name="location_of_its_organization"),
        ]

    def __str__(self) -> str:
        return self.name


class Connection(Named):
    """A retailer may see this wholesaler's catalog, prices and stock, since a day. Without one, both are 404."""

    wholesaler = models.ForeignKey(Organization, models.CASCADE, related_name="retailers")
    retailer = models.ForeignKey(Organization, models.CASCADE, related_name="wholesalers")
    since_date = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["wholesaler", "retailer"], name="connected_once")]

    def __str__(self) -> str:
        return f"{self.wholesaler} – {self.retailer}"
