"""What a person was told, and what they chose to be told of."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from apps.accounts.rules.told import Channel, Kind

from .organizations import Organization


class NotificationQuerySet(models.QuerySet):
    def shown(self, user):
        """A person's own, in the app."""
        return self.filter(user=user, channel=Channel.IN_APP)

    def unread(self):
        return self.filter(read_at=None)


class Notification(models.Model):
    """One person told of one event on one channel, once. `path` is the page it is about; a letter's `sent_at` is when
    the mail server took it."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="notifications", db_index=False)
    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", db_index=False)
    event = models.CharField(max_length=60)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    title = models.CharField(max_length=300)
    path = models.CharField(max_length=200)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        constraints = [models.UniqueConstraint(fields=["user", "event", "channel"], name="told_once")]
        indexes = [
            models.Index(fields=["user", "-id"], name="told_newest", condition=models.Q(channel="in_app")),
            models.Index(fields=["user"], name="told_unread", condition=models.Q(channel="in_app", read_at=None)),
        ]

    def __str__(self) -> str:
        return self.title


class Told(models.Model):
    """A person's own choice for a kind of news on a channel, in place of the usual."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    wanted = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "kind", "channel"], name="one_choice")]

    def __str__(self) -> str:
        return f"{self.kind} {self.channel}"
