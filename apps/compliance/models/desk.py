"""What staff decide and look at: rules for answers, calls that a state has come to publish, outages, and differences
between METRC and us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.compliance import rules
from apps.core.models import Named, Stamped

from .facilities import Facility


class ErrorRule(Stamped):
    """What an answer of METRC means, asked before the built-in catalogue; the platform's own. `pattern` is a regular
    expression looked for in what they said; without a `status` it goes for any."""

    position = models.PositiveIntegerField(default=100)
    status = models.PositiveSmallIntegerField(null=True, blank=True)
    pattern = models.CharField(max_length=400, blank=True)
    verdict = models.CharField(max_length=12, choices=rules.Verdict.choices)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.status or _('any')} {self.pattern} → {self.get_verdict_display()}"


class Capability(Stamped):
    """A call that a state has come to publish for what a person has to do elsewhere; the platform's own. No row, no
    call. `number` narrows it to one licence. `path` may hold {transfer}, {delivery} and {template}. `missing_at` is
    when METRC last answered 404 to it."""

    state = models.CharField(_("state"), max_length=2, help_text=_("METRC's two letters: mi, ny, ca."))
    number = models.CharField(
        _("licence number"), max_length=40, blank=True, help_text=_("Leave it empty for the whole state.")
    )
    act = models.CharField(_("act"), max_length=20, choices=rules.ByHand.choices)
    method = models.CharField(_("method"), max_length=4, choices=[("POST", "POST"), ("PUT", "PUT")], default="POST")
    path = models.CharField(_("path"), max_length=200)
    is_on = models.BooleanField(_("in use"), default=True)
    note = models.CharField(_("where the state says so"), max_length=400, blank=True)
    missing_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["state", "act", "number"]
        constraints = [models.UniqueConstraint(fields=["state", "number", "act"], name="one_call_an_act")]
        verbose_name = _("published call")

    def __str__(self) -> str:
        return f"{self.state.upper()} {self.get_act_display()}: {self.method} {self.path}"

    @classmethod
    def of(cls, facility: Facility, act: str) -> "Capability | None":
        """The licence's own row before its state's."""
        rows = cls.objects.filter(act=act, state=facility.state, number__in=["", facility.number], is_on=True)
        return rows.order_by("-number").first()


class Outage(Named):
    """From when to when an organization may ship before METRC has the manifest, who said so, and why."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="outages")
    reason = models.CharField(max_length=400)
    began_at = models.DateTimeField()
    began_by = models.CharField(max_length=200)
    until_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization"], name="one_outage_at_a_time", condition=Q(ended_at=None))
        ]

    def __str__(self) -> str:
        return self.reason


class Discrepancy(Stamped):
    """METRC says one thing, we another; a person finds out why. Neither is overwritten."""

    class State(models.TextChoices):
        OPEN = "open", _("Waits for a person")
        GONE = "gone", _("They agree again")
        SETTLED = "settled", _("Settled")

    organization = models.ForeignKey(Organization, models.CASCADE)
    facility = models.ForeignKey(Facility, models.CASCADE, related_name="discrepancies")
    kind = models.CharField(max_length=24)
    subject = models.CharField(max_length=80)
    ours = models.CharField(max_length=400)
    theirs = models.CharField(max_length=400)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    decided_by = models.CharField(max_length=200, blank=True)
    why = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["facility", "kind", "subject"], name="one_open_difference", condition=Q(state="open")
            )
        ]
        verbose_name_plural = "discrepancies"

    def __str__(self) -> str:
        return f"{self.subject}: {self.ours} / {self.theirs}"
