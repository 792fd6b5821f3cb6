"""What a seller's goods are taxed with, where and since when: rows that become plain rates on an order's lines."""

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.catalog.models import Category
from apps.core.models import Stamped
from apps.orders.rules.taxes import Remits, rate

MOST_PERCENT = 100


class TaxRuleQuerySet(models.QuerySet):
    def in_force(self, *, seller, state: str, on):
        """A seller's rules on a day for goods that go to a state; those that name no state hold in all."""
        ended = Q(ends_date__lt=on)
        mine = self.filter(Q(state="") | Q(state=state), organization=seller, starts_date__lte=on)
        return mine.exclude(ended).order_by("name", "id")


class TaxRule(Stamped):
    """A tax on the seller's goods: on all, or on those of a category; of one state, or of all. A rate that changes is a
    rule that ends and another that begins. Who remits it is data: states have moved that from one side to the other."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="tax_rules")
    name = models.CharField(_("name"), max_length=80, help_text=_("As it stands on orders and invoices."))
    state = models.CharField(
        _("state"),
        max_length=2,
        blank=True,
        validators=[RegexValidator(r"^[A-Z]{2}$", _("Two letters: MI."))],
        help_text=_("Where the goods go, by the licence there. Empty: everywhere."),
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", help_text=_("Empty: all goods.")
    )
    percent = models.DecimalField(
        _("rate, percent"),
        max_digits=7,
        decimal_places=4,
        validators=[MinValueValidator(0), MaxValueValidator(MOST_PERCENT)],
    )
    remits = models.CharField(_("who remits it"), max_length=6, choices=Remits.choices, default=Remits.SELLER)
    starts_date = models.DateField(_("from"))
    ends_date = models.DateField(_("until, that day included"), null=True, blank=True)

    objects = TaxRuleQuerySet.as_manager()

    class Meta:
        ordering = ["name", "starts_date"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=MOST_PERCENT), name="tax_rate_in_bounds"),
            models.CheckConstraint(
                condition=Q(ends_date=None) | Q(ends_date__gte=F("starts_date")),
                name="tax_ends_after_it_starts",
                violation_error_message=_("It ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.percent.normalize():f}%"

    def rate(self) -> dict:
        return rate(self.name, self.state, self.percent, charged=self.remits == Remits.SELLER)
