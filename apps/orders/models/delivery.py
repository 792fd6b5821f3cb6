"""When a seller's location delivers: weekdays, windows, cut-offs; for everybody connected or for named buyers."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location, Organization
from apps.core.models import Stamped
from apps.orders.rules.slots import Rule, Window


def known_window(text: str) -> None:
    try:
        Window.read(text)
    except ValueError:
        raise ValidationError(_("%(text)s is no window; write it like 08:00-10:00."), params={"text": text})


class DeliveryRuleQuerySet(models.QuerySet):
    def reaching(self, *, buyer, **places):
        """Rules that serve the buyer, of a seller's `location` or of several (`location__in`)."""
        return self.filter(Q(for_everyone=True) | Q(buyers__buyer=buyer), is_active=True, **places).distinct()


class DeliveryRule(Stamped):
    """A round: on these weekdays (Monday is 1) and in these windows goods come, if ordered by `cutoff`, local time,
    `lead_days` before. `area` is what the seller calls it."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", editable=False)
    location = models.ForeignKey(Location, models.CASCADE, related_name="delivery_rules")
    area = models.CharField(max_length=80, blank=True)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]), size=7
    )
    windows = ArrayField(models.CharField(max_length=13, validators=[known_window]), size=12)
    cutoff = models.TimeField(_("order by, local time"))
    lead_days = models.PositiveSmallIntegerField(_("days ahead"), default=1, validators=[MaxValueValidator(60)])
    closed_dates = ArrayField(models.DateField(), default=list, blank=True, size=200)
    for_everyone = models.BooleanField(_("for every connected buyer"), default=True)
    is_active = models.BooleanField(default=True)

    objects = DeliveryRuleQuerySet.as_manager()

    def __str__(self) -> str:
        return self.area or str(self.location)

    def save(self, **options):
        self.organization_id = self.location.organization_id
        super().save(**options)

    def plain(self, zone: str) -> Rule:
        return Rule(
            zone=zone,
            weekdays=frozenset(self.weekdays),
            windows=tuple(Window.read(text) for text in self.windows),
            cutoff=self.cutoff,
            lead_days=self.lead_days,
            closed=frozenset(self.closed_dates),
        )


class DeliveryRuleBuyer(Stamped):
    """A buyer whom a round serves that is not for everyone."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", editable=False)
    rule = models.ForeignKey(DeliveryRule, models.CASCADE, related_name="buyers")
    buyer = models.ForeignKey(Organization, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("buyer")
        constraints = [models.UniqueConstraint(fields=["rule", "buyer"], name="round_once_a_buyer")]

    def __str__(self) -> str:
        return str(self.buyer)

    def save(self, **options):
        self.organization_id = self.rule.organization_id
        super().save(**options)
