"""Runs of a pipeline and their steps, as staff read them."""

from django.db import models

from .base import Stamped


class RunState(models.TextChoices):
    RUNNING = "running"
    COMPLETED = "completed"
    COMPLETED_WITH_QUARANTINE = "completed_with_quarantine"
    HELD = "held"
    FAILED = "failed"


class StepState(models.TextChoices):
    RUNNING = "running"
    COMPLETED = "completed"
    SKIPPED = "skipped"
    HELD = "held"
    FAILED = "failed"


class SyncRunQuerySet(models.QuerySet):
    def of(self, location_id):
        return self.filter(location_id=location_id)

    def good(self):
        return self.filter(state__in=[RunState.COMPLETED, RunState.COMPLETED_WITH_QUARANTINE])

    def newest_first(self):
        return self.order_by("-id")


class SyncRun(Stamped):
    """One pull of one location's outside, step by step. At most one runs for a location and kind."""

    organization_id = models.UUIDField()
    location_id = models.UUIDField()
    location_name = models.CharField(max_length=120, default="")
    kind = models.CharField(max_length=20)
    trigger = models.CharField(max_length=20, default="schedule")
    state = models.CharField(max_length=28, choices=RunState.choices, default=RunState.RUNNING)
    source = models.CharField(max_length=40, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    counts = models.JSONField(default=dict)
    error = models.TextField(blank=True)

    objects = SyncRunQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["location_id", "kind"], name="one_run_at_a_time", condition=models.Q(state="running")
            )
        ]
        indexes = [
            models.Index(fields=["organization_id", "-id"], name="run_by_organization"),
            models.Index(fields=["location_id", "kind", "-id"], name="run_by_location"),
        ]

    def __str__(self) -> str:
        return f"Run {self.pk}, {self.location_name}"

    @property
    def seconds(self) -> float | None:
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


class SyncStep(models.Model):
    """One line of a run: what it did, to how many rows, in how many seconds."""

    run = models.ForeignKey(SyncRun, models.CASCADE, related_name="steps", db_index=False)
    organization_id = models.UUIDField()
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=StepState.choices, default=StepState.RUNNING)
    started_at = models.DateTimeField()
    seconds = models.FloatField(default=0)
    count = models.IntegerField(default=0)
    detail = models.CharField(max_length=240, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="step_once_a_run")]
