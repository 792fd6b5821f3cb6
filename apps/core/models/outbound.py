"""The state of each road out: is it open, and what went over it."""

from django.db import models
from django.db.models.functions import Now


class Breaker(models.Model):
    """One road (service and key): is it open? `recent` is the last answers, newest last: 1 answered, 0 not. Until
    `wait_until` nobody calls, for they asked for fewer calls; that is no failure of theirs, and the road not closed."""

    service = models.CharField(max_length=24)
    key = models.CharField(max_length=80)
    recent = models.CharField(max_length=20, blank=True)
    opens = models.PositiveSmallIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True)
    wait_until = models.DateTimeField(null=True)
    last_ok_at = models.DateTimeField(null=True)
    last_failed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["service", "key"], name="one_breaker_a_road")]


class OutboundCall(models.Model):
    """The journal: one call out, without headers, bodies or anything secret."""

    at = models.DateTimeField(db_default=Now())
    service = models.CharField(max_length=24)
    key = models.CharField(max_length=80)
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=240)
    status = models.PositiveSmallIntegerField(null=True)
    seconds = models.FloatField()
    size = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=240, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["service", "key", "-at"], name="call_by_road"),
            models.Index(fields=["at"], name="call_by_age"),
        ]
