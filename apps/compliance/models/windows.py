"""When METRC is away by its own word: bulletins that staff enter (metrc.md §1.9)."""

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.core.models import Stamped


class MaintenanceWindow(Stamped):
    """When METRC said it would be away, of one state or of all; the platform's own. Inside it nothing is sent, and no
    report grows late."""

    state = models.CharField(
        _("state"), max_length=2, blank=True, help_text=_("METRC's two letters; leave it empty for every state.")
    )
    begins_at = models.DateTimeField(_("begins, UTC"))
    ends_at = models.DateTimeField(_("ends, UTC"))
    note = models.CharField(_("bulletin"), max_length=400, blank=True)

    class Meta:
        ordering = ["-begins_at"]
        constraints = [models.CheckConstraint(condition=Q(ends_at__gt=models.F("begins_at")), name="window_has_length")]

    def __str__(self) -> str:
        return f"{self.state.upper() or _('every state')} {self.begins_at:%Y-%m-%d %H:%M}–{self.ends_at:%H:%M}"

    @classmethod
    def open_now(cls, state) -> models.QuerySet["MaintenanceWindow"]:
        """Those that a state (letters, or an outer query's column) is in, on the database's clock."""
        return cls.objects.filter(Q(state="") | Q(state=state), begins_at__lte=Now(), ends_at__gt=Now())

    @classmethod
    def resting(cls, state: str, since: datetime, until: datetime) -> timedelta:
        """How much of that time lay inside windows."""
        rows = cls.objects.filter(Q(state="") | Q(state=state), begins_at__lt=until, ends_at__gt=since)
        spans = sorted((max(row.begins_at, since), min(row.ends_at, until)) for row in rows)
        total, reached = timedelta(), since
        for begins, ends in spans:
            total += max(timedelta(), ends - max(begins, reached))
            reached = max(reached, ends)
        return total

    @classmethod
    def now_open(cls, states=None) -> "MaintenanceWindow | None":
        """One that is open, of these states or of any; the one that ends last."""
        found = cls.objects.filter(begins_at__lte=Now(), ends_at__gt=Now())
        if states is not None:
            found = found.filter(state__in=["", *states])
        return found.order_by("-ends_at").first()
