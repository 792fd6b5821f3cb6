"""What arrived, package by package, as the receiver found it; in quarantine until METRC shows the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.core import crypto
from apps.core.models import Stamped

from .mirror import QUANTITY
from .reports import Report


class ReceiptLines(models.Manager):
    """Without their pictures, which are large and asked for one by one."""

    def get_queryset(self):
        return super().get_queryset().defer("photo")


class ReceiptLine(Stamped):
    """One package of an incoming transfer and what was decided about it. `photo` is a picture of what was found, sealed
    for this line; `has_photo` says whether there is one."""

    class Decision(models.TextChoices):
        ACCEPT = "accept", _("Accept")
        ADJUST = "adjust", _("Accept with another quantity")
        REJECT = "reject", _("Reject")

    class State(models.TextChoices):
        QUARANTINE = "quarantine", _("In quarantine")
        RELEASED = "released", _("Released")
        RETURNED = "returned", _("Goes back")
        DIFFERS = "differs", _("METRC says otherwise")

    organization = models.ForeignKey(Organization, models.CASCADE)
    report = models.ForeignKey(Report, models.CASCADE, related_name="receipt")
    label = models.CharField(_("tag"), max_length=40)
    decision = models.CharField(max_length=8, choices=Decision.choices)
    quantity = models.DecimalField(**QUANTITY)
    unit = models.CharField(max_length=40)
    reason = models.CharField(max_length=400, blank=True)
    photo = models.BinaryField(null=True)
    has_photo = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUARANTINE)

    objects = ReceiptLines()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "label"], name="receipt_line_once")]

    def __str__(self) -> str:
        return f"{self.label} · {self.get_decision_display()}"

    def put_photo(self, picture: bytes) -> None:
        """Seal a picture; saving is the caller's."""
        self.photo, self.has_photo = crypto.seal_bytes(picture, **self._place), True

    def open_photo(self) -> bytes:
        return crypto.unseal_bytes(self.photo, **self._place)

    @property
    def _place(self) -> dict:
        """A line has no number of its own before it is saved; its report and tag say which it is."""
        return {
            "table": self._meta.db_table,
            "pk": f"{self.report_id}:{self.label}",
            "organization": self.organization_id,
        }
