"""Trade terms on plain values: when a buyer pays, from what sum it may order, how long goods are held for it."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core.errors import Refused
from apps.core.look.text import money

from .money import NONE
from .states import OnShort


class Due(TextChoices):
    """When an invoice is due, counted from the day of delivery."""

    COD = "COD", gettext_lazy("Cash on delivery")
    NET_7 = "NET_7", gettext_lazy("Net 7 days")
    NET_15 = "NET_15", gettext_lazy("Net 15 days")
    NET_30 = "NET_30", gettext_lazy("Net 30 days")
    NET_45 = "NET_45", gettext_lazy("Net 45 days")
    NET_60 = "NET_60", gettext_lazy("Net 60 days")

    @property
    def days(self) -> int:
        return int(self.value.removeprefix("NET_")) if self is not Due.COD else 0

    def due_date(self, delivered_date: date) -> date:
        return delivered_date + timedelta(days=self.days)


@dataclass(frozen=True)
class Terms:
    """What a seller agreed with a buyer. No row means these defaults. Hours of holding are business hours.

    `credit_limit` None: no credit is given beyond what `payment` says, and none is needed. `cancel_hours` before the
    delivery window opens, the buyer's free cancelling ends; not before the window can be ordered for no more.
    """

    payment: Due = Due.COD
    credit_limit: Decimal | None = None
    order_minimum: Decimal = NONE
    on_short: OnShort = OnShort.ASK
    hold_hours: int = 24
    answer_hours: int = 24
    cancel_hours: int = 24

    def cut_off(self, starts_at: datetime, cutoff_at: datetime) -> datetime:
        """Until when an accepted order for that window is cancelled without asking."""
        return max(cutoff_at, starts_at - timedelta(hours=self.cancel_hours))

    def check_minimum(self, total: Decimal, currency: str = "USD") -> Refused | None:
        """`order-minimum` 422 while the order is too small (features §3.4)."""
        missing = self.order_minimum - total
        if missing <= 0:
            return None
        words = {"amount": money(missing, currency), "min": money(self.order_minimum, currency)}
        text = _("Add %(amount)s more to reach the %(min)s minimum.") % words
        return Refused(text, code="order-minimum", status=422)
