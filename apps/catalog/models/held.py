"""Snapshots that were held: what Dutchie answered, measured, for a person to judge and a release to be bound to."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location, Organization
from apps.core.models import Stamped, SyncRun

from .stock import PRICE


class HeldSnapshotQuerySet(models.QuerySet):
    def open(self):
        """What waits for a person: one a location at most, the newest."""
        return self.filter(state=HeldSnapshot.State.OPEN)


class HeldSnapshot(Stamped):
    """A suspicious answer that was not applied. `told` are the packages it named; `quantity` and `price` its stock sum
    and the middle of its prices; `bad` its rows that could not be used; `differences` what it would have done:
    `{"gone": [...], "changed": [...]}`, the first rows of each."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a person")
        RELEASED = "released", _("Released")
        DISCARDED = "discarded", _("Discarded")
        PASSED = "passed", _("A later run took its place")

    organization = models.ForeignKey(Organization, models.CASCADE)
    location = models.ForeignKey(Location, models.CASCADE, related_name="held")
    run = models.OneToOneField(SyncRun, models.CASCADE, related_name="held")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    reasons = models.JSONField(default=list)
    told = ArrayField(models.BigIntegerField(), default=list)
    quantity = models.DecimalField(max_digits=24, decimal_places=4, default=0)
    price = models.DecimalField(**PRICE, null=True)
    bad = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    differences = models.JSONField(default=dict)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=400, blank=True)

    objects = HeldSnapshotQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location"], name="one_open_snapshot_a_location", condition=models.Q(state="open")
            )
        ]

    def __str__(self) -> str:
        return f"{self.run} ({self.get_state_display()})"
