"""Shapes in: what a receiver found, package by package, out of the receiving page's fields."""

from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from apps.compliance.models import ReceiptLine, TransferPackage
from apps.compliance.photos import drawn_anew
from apps.compliance.rules import Received

Decision = ReceiptLine.Decision


class Findings:
    """Of a POST: `found` for the verb, `errors` by package where a field can't be read. Fields are named `d-`, `q-`,
    `r-` and `p-` (decision, quantity, reason, photo) with the package's tag."""

    def __init__(self, packages: list[TransferPackage], data, files):
        self.errors: dict[str, list[str]] = {}
        self.found = [one for package in packages if (one := self._one(package, data, files))]

    def _one(self, package: TransferPackage, data, files) -> Received | None:
        tag, decision = package.label, data.get(f"d-{package.label}", "")
        try:
            quantity = _quantity(package, decision, data.get(f"q-{tag}", ""))
            photo = files.get(f"p-{tag}")
            picture = drawn_anew(photo.read()) if photo else None
        except ValueError as wrong:  # a NotAPicture is one
            self.errors[tag] = [str(wrong)]
            return None
        reason = data.get(f"r-{tag}", "").strip()
        return Received(tag, decision, quantity, package.shipped_unit, reason, picture)


def as_shipped(packages: list[TransferPackage]) -> list[Received]:
    """Each accepted whole."""
    return [
        Received(one.label, Decision.ACCEPT, one.shipped_quantity or Decimal(0), one.shipped_unit) for one in packages
    ]


def _quantity(package: TransferPackage, decision: str, text: str) -> Decimal:
    if decision == Decision.ACCEPT:
        return package.shipped_quantity or Decimal(0)
    if decision == Decision.REJECT:
        return Decimal(0)
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise ValueError(_("Give the quantity that is there, as a number.")) from None
    if not found.is_finite() or found < 0 or found > Decimal("9999999999") or -found.as_tuple().exponent > 4:
        raise ValueError(_("A quantity is a number, 0 or more, with at most 4 decimals."))
    return found
