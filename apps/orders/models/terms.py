"""What a seller agreed with a buyer: when it pays, how much credit it has, from what sum it may order."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.core.models import Stamped
from apps.orders.rules.states import OnShort
from apps.orders.rules.terms import Due, Terms

from .orders import MOST

MONEY = {"max_digits": 14, "decimal_places": 2}
YEAR_HOURS = 8760


def hours(name, usual: int, told: str = ""):
    return models.PositiveSmallIntegerField(
        name, default=usual, validators=[MaxValueValidator(YEAR_HOURS)], help_text=told
    )


class TradeTerms(Stamped):
    """One row a seller and buyer; without one, `Terms()` holds. Both read it, the seller writes it. The buyer's name is
    kept: terms outlive the connection by which the seller sees the buyer, and so do the debts under them."""

    seller = models.ForeignKey(Organization, models.CASCADE, related_name="terms_given")
    buyer = models.ForeignKey(Organization, models.CASCADE, related_name="terms_taken")
    buyer_name = models.CharField(_("buyer"), max_length=120, default="", editable=False)
    payment = models.CharField(_("pays"), max_length=8, choices=Due.choices, default=Due.COD)
    credit_limit = models.DecimalField(**MONEY, null=True, blank=True, help_text=_("Empty: no limit."))
    order_minimum = models.DecimalField(**MONEY, default=0)
    on_short = models.CharField(_("when goods run short"), max_length=14, choices=OnShort.choices, default=OnShort.ASK)
    hold_hours = hours(_("holds stock for, business hours"), 24)
    answer_hours = hours(_("answers a proposal within, hours"), 24)
    cancel_hours = hours(_("cancels freely until, hours"), 24, _("Before the delivery window opens."))

    class Meta:
        verbose_name_plural = "trade terms"
        constraints = [
            models.UniqueConstraint(fields=["seller", "buyer"], name="terms_once"),
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="terms_between_two"),
            models.CheckConstraint(
                condition=(Q(credit_limit=None) | Q(credit_limit__gte=0, credit_limit__lte=MOST))
                & Q(order_minimum__gte=0, order_minimum__lte=MOST),
                name="terms_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.buyer_name}: {self.get_payment_display()}"

    def save(self, **options):
        seen = Organization.objects.filter(pk=self.buyer_id).values_list("name", flat=True).first()
        self.buyer_name = seen or self.buyer_name
        super().save(**options)

    def plain(self) -> Terms:
        return Terms(
            payment=Due(self.payment),
            credit_limit=self.credit_limit,
            order_minimum=self.order_minimum,
            on_short=OnShort(self.on_short),
            hold_hours=self.hold_hours,
            answer_hours=self.answer_hours,
            cancel_hours=self.cancel_hours,
        )
