"""A buyer's credit with a seller on plain values: what is used, what is left, and the refusal when it is not enough."""

from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.core.look.text import money

from .money import NONE


@dataclass(frozen=True)
class Credit:
    """`used` is what unpaid invoices still ask and what accepted orders will; `overdue` the part of it past its day.
    `limit` None: the seller set none. `oldest` is the number of the invoice to pay first, or empty."""

    limit: Decimal | None
    used: Decimal = NONE
    overdue: Decimal = NONE
    oldest: str = ""

    @property
    def available(self) -> Decimal | None:
        """Never below zero; None where there is no limit."""
        return None if self.limit is None else max(self.limit - self.used, NONE)

    def check(self, total: Decimal, currency: str = "USD") -> Refused | None:
        """`credit-limit` 409 when an order of that total goes beyond what is left (features §3.4)."""
        if self.available is None or total <= self.available:
            return None
        words = {"x": money(total - self.available, currency), "invoice": self.oldest}
        if self.oldest:
            text = _(
                "This order is %(x)s above your available credit. Remove items, pay invoice %(invoice)s, or choose cash"
                " on delivery."
            )
        else:
            text = _("This order is %(x)s above your available credit. Remove items, or choose cash on delivery.")
        return Refused(text % words, code="credit-limit")
