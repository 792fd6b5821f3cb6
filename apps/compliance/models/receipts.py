"""What arrived, package by package, as the receiver found it; in quarantine until METRC shows the same."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.core.models import Stamped

from .mirror import QUANTITY
from .reports import Report


class ReceiptLine(Stamped):
    """One package of an incoming transfer and what was decided about it. `photo` is what was found, where somebody
    took a picture."""

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
    state = models.CharField(max_length=12, choices=State.choices, default=State.QUARANTINE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "label"], name="receipt_line_once")]

    def __str__(self) -> str:
        return f"{self.label} · {self.get_decision_display()}"
