"""The outbox to METRC: what is to be reported, and every try to report it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.compliance import rules
from apps.core.models import Stamped

from .facilities import Facility

IS_OPEN = Q(state__in=sorted(rules.OPEN))
# A template that waits for a person to register it is made: it holds up nobody.
KEEPS_ITS_LANE = IS_OPEN & ~Q(kind=rules.Kind.TRANSFER_CREATE, state=rules.State.ASSIST)
DUE_STATES = (rules.State.QUEUED, rules.State.RETRY_WAIT, rules.State.VERIFY)


class ReportQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_authenticated else self.none()

    def open(self):
        return self.filter(IS_OPEN)

    def need_a_person(self):
        return self.filter(state__in=sorted(rules.NEED_A_PERSON))

    def due(self):
        """Whose time has come, on the database's clock."""
        return self.filter(state__in=DUE_STATES, not_before__lte=Now())

    def first_in_lane(self):
        """Nothing before it in a lane of its own is still open. A new package that METRC refused changed nothing: only
        its own order waits for it, not others that take of the same source."""
        is_void = Q(kind=rules.Kind.TRANSFER_VOID)
        before = Report.objects.filter(
            KEEPS_ITS_LANE,
            facility=models.OuterRef("facility"),
            pk__lt=models.OuterRef("pk"),
            lanes__overlap=models.OuterRef("lanes"),
        )
        refused = Q(kind=rules.Kind.PACKAGE_CREATE, state=rules.State.REJECTED)
        before = before.exclude(refused & ~Q(order_number=models.OuterRef("order_number")))
        moving = before.exclude(kind=rules.Kind.TRANSFER_CREATE, state__in=sorted(rules.NEED_A_PERSON))
        return self.filter(is_void & ~models.Exists(moving) | ~is_void & ~models.Exists(before))


class Report(Stamped):
    """One letter to the state, written in the transaction of the act it tells of.

    `business_key` is the act: however often it is filed, there is one report. `mark` is what METRC shows it under.
    `lanes` are the packages and the order whose turn it keeps. `attempts` are tries that count for the back-off,
    `sends` calls that may have left, `looks` how often it was looked up since the last of them; `may_exist` until METRC
    plainly refused. `found` is what METRC gave in return: template_id, transfer_id, manifest_number.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="reports")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="reports")
    kind = models.CharField(max_length=20, choices=rules.Kind.choices)
    state = models.CharField(max_length=12, choices=rules.State.choices, default=rules.State.QUEUED)
    business_key = models.CharField(max_length=200, unique=True)
    mark = models.CharField(max_length=12, unique=True, default=rules.new_mark)
    order_number = models.CharField(max_length=40, blank=True)
    lanes = ArrayField(models.CharField(max_length=120))
    payload = models.JSONField()
    payload_sha256 = models.CharField(max_length=64)
    not_before = models.DateTimeField(db_default=Now())
    deadline_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    sends = models.PositiveIntegerField(default=0)
    resends = models.PositiveIntegerField(default=0)
    may_exist = models.BooleanField(default=False)
    looks = models.PositiveIntegerField(default=0)
    sent_at = models.DateTimeField(null=True)
    verdict = models.CharField(max_length=12, blank=True, choices=rules.Verdict.choices)
    last_error = models.TextField(blank=True)
    found = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    supersedes = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="superseded_by")
    filed_by = models.CharField(max_length=200)
    alarm = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["facility", "not_before"], name="report_due", condition=Q(state__in=DUE_STATES)),
            models.Index(fields=["organization", "created_at"], name="report_open", condition=IS_OPEN),
            GinIndex(fields=["lanes"], name="report_lanes_open", condition=IS_OPEN),
            models.Index(fields=["organization", "order_number"], name="report_by_order"),
            models.Index(fields=["organization", "-closed_at"], name="report_closed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=rules.State.values), name="report_state_known"),
            models.CheckConstraint(
                condition=Q(closed_at=None) ^ Q(state__in=sorted(rules.TERMINAL)), name="report_closed_when_over"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """As people call it."""
        return f"RU-{self.pk}"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN

    @property
    def template_name(self) -> str:
        return f"RU-{self.order_number}-{self.mark}"

    @property
    def subject(self) -> str:
        """What it is about, in a few words."""
        if self.order_number and self.kind != rules.Kind.PACKAGE_CREATE:
            return _("order %(number)s") % {"number": self.order_number}
        tag, delta = self.payload.get("tag", ""), self.payload.get("delta", "")
        said = f"{delta.replace('-', '−')} · " if delta else ""
        return f"{said}…{tag[-7:]}" if tag else self.payload.get("manifest_number", "")


class ReportAttempt(models.Model):
    """One call about a report: sent, looked up or polled. The row of a send is committed before its first byte leaves;
    `finished_at` None on a worker that was killed. `answer` is what METRC said, shortened."""

    class Purpose(models.TextChoices):
        SEND = "send", _("Sent")
        VERIFY = "verify", _("Looked up")
        POLL = "poll", _("Read")

    organization = models.ForeignKey(Organization, models.CASCADE)
    report = models.ForeignKey(Report, models.CASCADE, related_name="tries")
    n = models.PositiveIntegerField()
    purpose = models.CharField(max_length=8, choices=Purpose.choices)
    fence = models.BigIntegerField(default=0)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    verdict = models.CharField(max_length=12, blank=True)
    answer = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)

    class Meta:
        ordering = ["report", "n"]
        constraints = [models.UniqueConstraint(fields=["report", "n"], name="attempt_numbered")]

    def __str__(self) -> str:
        return f"{self.report} · {self.n}"
