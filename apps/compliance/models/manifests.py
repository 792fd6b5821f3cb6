"""What travels with the goods: who drives, in what, and the paper in versions that nobody changes."""

import json
from uuid import uuid4

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.core import crypto
from apps.core.models import Named

from .reports import Report


class Driver(Named):
    """Somebody who drives for the organization. The licence and the state's permit number are sealed; `hint` is the
    licence's end, to tell drivers apart."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="drivers")
    name = models.CharField(_("name"), max_length=120)
    sealed = models.BinaryField(editable=False)
    hint = models.CharField(_("licence ends in"), max_length=4, editable=False)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} (…{self.hint})"

    def put(self, *, licence: str, permit: str = "") -> None:
        """Seal the driver's licence and the state's permit (where it gives one); saving is the caller's."""
        text = json.dumps([licence, permit])
        self.sealed = crypto.seal(text, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)
        self.hint = licence[-4:] if len(licence) > 4 else ""

    def open(self) -> tuple[str, str]:
        """Licence and permit; the licence stands in where the state gives no permit."""
        text = crypto.unseal(self.sealed, table=self._meta.db_table, pk=self.pk, organization=self.organization_id)
        licence, permit = json.loads(text)
        return licence, permit or licence


class Vehicle(Named):
    """What they drive."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="vehicles")
    make = models.CharField(_("make"), max_length=60)
    model = models.CharField(_("model"), max_length=60)
    plate = models.CharField(_("plate"), max_length=20)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["make", "model", "plate"]
        constraints = [models.UniqueConstraint(fields=["organization", "plate"], name="vehicle_once")]

    def __str__(self) -> str:
        return f"{self.make} {self.model} · {self.plate}"


class Manifest(models.Model):
    """One version of a transport manifest, never changed: another version is another row. `document` says all that is
    printed but the driver's licence; the recipient may read it too."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="manifests")
    recipient = models.ForeignKey(Organization, models.CASCADE, null=True, related_name="incoming_manifests")
    report = models.OneToOneField(Report, models.CASCADE, related_name="manifest")
    order_number = models.CharField(max_length=40)
    version = models.PositiveIntegerField()
    driver = models.ForeignKey(Driver, models.PROTECT)
    document = models.JSONField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "order_number", "version"], name="manifest_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.order_number} v{self.version}"
