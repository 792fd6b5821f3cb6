"""What staff decide and look at: rules for answers, outages, and differences between METRC and us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.compliance import rules
from apps.core.models import Named, Stamped

from .facilities import Facility


class ErrorRule(Stamped):
    """What an answer of METRC means, asked before the built-in catalogue; the platform's own. `pattern` is a regular
    expression looked for in what they said; without a `status` it goes for any."""

    position = models.PositiveIntegerField(default=100)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    pattern = models.CharField(max_length=400, blank=True)
    verdict = models.CharField(max_length=12, choices=rules.Verdict.choices)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.status or _('any')} {self.pattern} → {self.get_verdict_display()}"


class Outage(Named):
    """From when to when an organization may ship before METRC has the manifest, who said so, and why."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="outages")
    reason = models.CharField(max_length=400)
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=200)
    until_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="one_outage_at_a_time", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return self.reason


class Discrepancy(Stamped):
    """METRC says one thing, we another; a person finds out why. Neither is overwritten."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a person")
        GONE = "gone", _("They agree again")
        SETTLED = "settled", _("Settled")

    organization = models.ForeignKey(Organization, models.CASCADE)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="discrepancies")
    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=80)
    ours = models.CharField(max_length=400)
    theirs = models.CharField(max_length=400)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "kind", "subject"], name="one_open_difference", condition=Q(state="open")
            )
        ]
        verbose_name_plural = "discrepancies"

    def __str__(self) -> str:
        return f"{self.subject}: {self.ours} / {self.theirs}"
