"""What came in by webhook: one row a message, so that a repeated one has no second effect."""

from django.db import models
from django.db.models.functions import Now


class InboundHook(models.Model):
    """A message that was signed rightly. Its body is not kept: it is only a hint to look."""

    organization_id = models.UUIDField()
    endpoint = models.CharField(max_length=80)
    message_id = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "message_id"], name="hook_once")]
        indexes = [models.Index(fields=["endpoint", "at"], name="hook_by_age")]
