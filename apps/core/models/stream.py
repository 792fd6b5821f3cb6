"""What was told to browsers: one sequence a topic, kept for a week so that a client can catch up."""

from django.db import models
from django.db.models.functions import Now


class StreamTopic(models.Model):
    """The last number given out on a topic. Locked by the giver until commit: numbers appear in order, without gaps."""

    topic = models.CharField(max_length=120, primary_key=True)
    seq = models.BigIntegerField(default=0)


class StreamEvent(models.Model):
    """One frame as it was sent. Who may read a topic is asked of its owner (apps/core/topics.py), not of this table."""

    organization_id = models.UUIDField(null=True)
    topic = models.CharField(max_length=120)
    seq = models.BigIntegerField()
    type = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["topic", "seq"], name="event_once_a_number")]
        indexes = [models.Index(fields=["at"], name="event_by_age")]
