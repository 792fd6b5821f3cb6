"""METRC as we last read it: never edited by us, only read anew."""

from decimal import Decimal

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.core.models import Stamped

from .facilities import Facility

WAITS = ("", "Shipped")  # METRC's words for a package that nobody received yet
BACK = ("Rejected", "Returned")
QUANTITY = {"max_digits": 14, "decimal_places": 4}


class OfFacility(models.Model):
    """Rows of one licence's mirror."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="%(class)ss")

    class Meta:
        abstract = True


class Package(OfFacility, Stamped):
    """A package as METRC counts it, known by its tag. `modified_at` is METRC's own word for when it last changed."""

    class Place(models.TextChoices):
        ACTIVE = "active", _("Active")
        ON_HOLD = "onhold", _("On hold")
        IN_TRANSIT = "intransit", _("In transit")
        INACTIVE = "inactive", _("Inactive")

    metrc_id = models.BigIntegerField()
    label = models.CharField(_("tag"), max_length=40)
    place = models.CharField(max_length=10, choices=Place.choices, default=Place.ACTIVE)
    item = models.CharField(max_length=250)
    quantity = models.DecimalField(**QUANTITY)
    unit = models.CharField(max_length=40)
    location = models.CharField(max_length=120, blank=True)
    lab_state = models.CharField(max_length=40, blank=True)
    received_manifest = models.CharField(max_length=40, blank=True)
    modified_at = models.DateTimeField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "label"], name="metrc_package_once")]
        verbose_name = _("METRC package")

    def __str__(self) -> str:
        return self.label


class Transfer(OfFacility, Stamped):
    """A transfer METRC registered, as one of its two licences sees it. `state_pdf` is the state's own manifest."""

    class Direction(models.TextChoices):
        INCOMING = "incoming", _("Incoming")
        OUTGOING = "outgoing", _("Outgoing")
        REJECTED = "rejected", _("Rejected")

    direction = models.CharField(max_length=8, choices=Direction.choices)
    metrc_id = models.BigIntegerField()
    delivery_id = models.BigIntegerField(default=0)
    manifest_number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200, blank=True)
    template_id = models.BigIntegerField(null=True)
    order_number = models.CharField(max_length=40, blank=True)
    shipper_license = models.CharField(max_length=40)
    shipper_name = models.CharField(max_length=200, blank=True)
    recipient_license = models.CharField(max_length=40)
    recipient_name = models.CharField(max_length=200, blank=True)
    is_voided = models.BooleanField(default=False)
    received_at = models.DateTimeField(null=True)
    arrives_at = models.CharField(max_length=40, blank=True)  # the facility's own wall clock, as METRC writes it
    modified_at = models.DateTimeField()
    read_at = models.DateTimeField()
    state_pdf = models.BinaryField(null=True)
    state_pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["facility", "direction", "metrc_id"], name="metrc_transfer_once")
        ]
        indexes = [models.Index(fields=["facility", "manifest_number"], name="transfer_by_manifest")]
        verbose_name = _("METRC transfer")

    def __str__(self) -> str:
        return self.manifest_number or f"#{self.metrc_id}"


class TransferPackage(models.Model):
    """A package of a transfer: what was shipped, what METRC says was received."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="packages")
    label = models.CharField(max_length=40)
    item = models.CharField(max_length=250, blank=True)
    state = models.CharField(max_length=20, blank=True)
    lab_state = models.CharField(max_length=40, blank=True)
    shipped_quantity = models.DecimalField(**QUANTITY, null=True)
    shipped_unit = models.CharField(max_length=40, blank=True)
    received_quantity = models.DecimalField(**QUANTITY, null=True)
    received_unit = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["transfer", "label"], name="transfer_package_once")]

    def __str__(self) -> str:
        return self.label

    @property
    def share_received(self) -> Decimal | None:
        """How much of it the receiver took, at most 1; None while nobody did, or METRC doesn't say how much."""
        if self.state in BACK:
            return Decimal(0)
        if self.state in WAITS or not self.shipped_quantity or self.received_quantity is None:
            return None
        if self.received_unit != self.shipped_unit:
            return None
        return min(self.received_quantity / self.shipped_quantity, Decimal(1))


class Word(OfFacility):
    """A name out of the state's own vocabulary, which differs by state and is sometimes empty: adjustment reasons,
    transfer types."""

    class Kind(models.TextChoices):
        REASON = "reason", _("Adjustment reason")
        TRANSFER_TYPE = "transfer_type", _("Transfer type")

    kind = models.CharField(max_length=16, choices=Kind.choices)
    name = models.CharField(max_length=120)
    flags = models.JSONField(default=dict)
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "kind", "name"], name="metrc_word_once")]

    def __str__(self) -> str:
        return self.name


class Cursor(OfFacility):
    """How far a list was read: `until_at` is METRC's clock, moved forward window by window."""

    endpoint = models.CharField(max_length=40)
    until_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["facility", "endpoint"], name="one_cursor_a_list")]

    def __str__(self) -> str:
        return self.endpoint
