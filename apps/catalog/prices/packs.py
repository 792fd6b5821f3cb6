"""In what quantities a product is sold: a least quantity, a case size, and the nearest quantities that keep both."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from apps.core.errors import Refused
from apps.core.look.text import quantity as plain


class QuantityRule(Refused):
    """A quantity that the product isn't sold in; `nearest` are those it is, at most one below and one above."""

    code, status = "quantity-rule", 422

    def __init__(self, detail: str, nearest: tuple[Decimal, ...]):
        super().__init__(detail, extra={"nearest": [f"{one:f}" for one in nearest]})
        self.nearest = nearest


@dataclass(frozen=True)
class Pack:
    """`minimum` and `multiple` (the case) in the product's unit; None where nothing is said."""

    minimum: Decimal | None = None
    multiple: Decimal | None = None

    @property
    def least(self) -> Decimal | None:
        """The smallest quantity that can be ordered; None where any above zero can."""
        if self.multiple is None:
            return self.minimum
        cases, rest = divmod(self.minimum or self.multiple, self.multiple)
        return (cases + bool(rest)) * self.multiple

    def nearest(self, quantity: Decimal) -> tuple[Decimal, ...]:
        """Allowed quantities beside one that isn't: the next below, when there is one, and the next above."""
        least = self.least
        if least is None:
            return ()
        if quantity < least or self.multiple is None:
            return (least,)
        below = quantity // self.multiple * self.multiple
        return (below, below + self.multiple)

    def check(self, product: str, quantity: Decimal) -> QuantityRule | None:
        """What is wrong with ordering so much of it, in words; None when nothing is."""
        quantity = quantity if quantity.is_finite() else Decimal(0)
        nearest = self.nearest(quantity)
        words = {"product": product, "nearest": _(" or ").join(plain(one) for one in nearest)}
        if quantity <= 0:
            return QuantityRule(_("%(product)s: order more than 0.") % words, nearest)
        if self.multiple is not None and quantity % self.multiple:
            text = _("%(product)s is sold in cases of %(k)s. Nearest: %(nearest)s.")
            return QuantityRule(text % (words | {"k": plain(self.multiple)}), nearest)
        if self.least is not None and quantity < self.least:
            text = _("%(product)s is sold from %(least)s on. Nearest: %(nearest)s.")
            return QuantityRule(text % (words | {"least": plain(self.least)}), nearest)
        return None


def packed(rules: Iterable[Pack]) -> Pack:
    """One rule of several, the first to say something about a field deciding that field."""
    rules = list(rules)
    minimum = next((rule.minimum for rule in rules if rule.minimum is not None), None)
    return Pack(minimum, next((rule.multiple for rule in rules if rule.multiple is not None), None))
