"""Work for later as rows, slots of the timetable, and leases. Times here are the database's own clock."""

from django.db import models
from django.db.models.functions import Now

from .base import Stamped


class Job(Stamped):
    """Something to do later, written in the transaction of its cause. It may run twice; it is never lost."""

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        DONE = "done"
        DEAD = "dead"

    name = models.CharField(max_length=80)
    organization_id = models.UUIDField(null=True, blank=True)
    key = models.CharField(max_length=160, blank=True)
    kwargs = models.JSONField(default=dict)
    queue = models.CharField(max_length=20, default="default")
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)
    not_before = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    fence = models.BigIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["queue", "not_before"], name="job_ready", condition=models.Q(state="ready")),
            models.Index(fields=["lease_until"], name="job_running", condition=models.Q(state="running")),
            models.Index(fields=["-created_at"], name="job_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"], name="job_waits_once", condition=models.Q(state="ready") & ~models.Q(key="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} #{self.pk}"


class Slot(models.Model):
    """One turn of a scheduled line. Unique, so that two beats start it once."""

    schedule = models.CharField(max_length=80)
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["schedule", "starts_at"], name="slot_taken_once")]


class Lease(models.Model):
    """Who alone may do a named thing until when. `fence` grows with every holder; late writers show an old one."""

    name = models.CharField(max_length=120, primary_key=True)
    fence = models.BigIntegerField(default=1)
    until = models.DateTimeField()
