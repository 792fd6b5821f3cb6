"""First answers to POSTs, kept so that a repeated call gets the same one (INTERFACE: 72 hours)."""

from django.db import models
from django.db.models.functions import Now


class Answer(models.Model):
    """One Idempotency-Key of one caller. `status` 0 while the first call is still at work."""

    organization_id = models.UUIDField(null=True)
    user_id = models.UUIDField()
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user_id", "organization_id", "key"], name="answer_once_a_key", nulls_distinct=False
            )
        ]
        indexes = [models.Index(fields=["at"], name="answer_by_age")]
