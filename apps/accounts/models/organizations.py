"""Companies, their licensed sites, who trades with whom, and the sealed keys of their systems."""

from uuid import UUID
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.core import crypto
from apps.core.models import Named


def known_zone(value: str) -> None:
    if value not in available_timezones():
        raise ValidationError(
            _("%(zone)s is no IANA time zone; write it like America/Detroit."), params={"zone": value}
        )


class Organization(Named):
    """A company. Its side says whether it sells or buys."""

    name = models.CharField(max_length=120)
    side = models.CharField(max_length=12, choices=rules.Side.choices)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def sells(self) -> bool:
        return self.side == rules.Side.WHOLESALER


class LocationQuerySet(models.QuerySet):
    def synced(self):
        """Locations whose inventory we can read: they have a Dutchie store number and a key."""
        return self.filter(is_active=True, dutchie_loc__isnull=False, credentials__kind=Credential.Kind.DUTCHIE_POS)

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


class Credential(Named):
    """A key to somebody's system, sealed for this row and organization. It is written and used, never shown again."""

    class Kind(models.TextChoices):
        DUTCHIE_POS = "dutchie_pos", _("Dutchie POS key")
        DUTCHIE_INTEGRATOR = "dutchie_integrator", _("Dutchie integrator key")
        DUTCHIE_WEBHOOK = "dutchie_webhook", _("Dutchie webhook secret")
        DUTCHIE_WEBHOOK_OLD = "dutchie_webhook_old", _("Dutchie webhook secret, being replaced")

    WEBHOOK_KINDS = (Kind.DUTCHIE_WEBHOOK, Kind.DUTCHIE_WEBHOOK_OLD)

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="credentials")
    location = models.ForeignKey(Location, models.CASCADE, related_name="credentials")
    kind = models.CharField(max_length=24, choices=Kind.choices)
    sealed = models.BinaryField(editable=False)
    hint = models.CharField(max_length=8, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["location", "kind"], name="one_key_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} …{self.hint}"

    def put(self, text: str) -> None:
        """Seal `text`; saving is the caller's. Keeps the last four characters to tell keys apart."""
        self.sealed = crypto.seal(text, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)
        self.hint = text[-4:] if len(text) >= 12 else ""

    def open(self) -> str:
        return crypto.unseal(self.sealed, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)
