"""The audit trail: append-only, one hash chain an organization. Written by apps/core/audit.py alone."""

from django.db import models


class AuditHead(models.Model):
    """The last link of a chain; locked while the next is added, so that a chain never forks."""

    chain = models.CharField(max_length=80, primary_key=True)
    organization_id = models.UUIDField(null=True)
    n = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="")


class AuditEntry(models.Model):
    """Who did what to which thing, when, and why. `digest` = SHA-256 over the row and the digest before it."""

    chain = models.CharField(max_length=80)
    n = models.BigIntegerField()
    organization_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=200)
    action = models.CharField(max_length=80)
    subject_kind = models.CharField(max_length=60, blank=True)
    subject_id = models.CharField(max_length=80, blank=True)
    data = models.JSONField(default=dict)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["chain", "n"], name="audit_one_link_a_number")]
        indexes = [
            models.Index(fields=["organization_id", "-at"], name="audit_by_time"),
            models.Index(fields=["subject_kind", "subject_id"], name="audit_by_subject"),
        ]
        verbose_name = "audit entry"
        verbose_name_plural = "audit"

    def __str__(self) -> str:
        return f"{self.chain} #{self.n} {self.action}"
