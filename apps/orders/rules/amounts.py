"""Quantities as people type them: `4`, `2.5`, `1,200`; with where they are read as what, and what is no quantity."""

import re
from decimal import Decimal

from django.utils.translation import gettext as _

PLAIN = re.compile(r"[0-9]{1,10}(\.[0-9]{1,10})?")
GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?")
MOST, PLACES = Decimal(9_999_999), 3


def read_quantity(text: str) -> Decimal:
    """The quantity, from 0 on. Raises ValueError with a sentence for a person."""
    text = text.strip().replace("\N{NO-BREAK SPACE}", "")
    if not text:
        raise ValueError(_("Quantity is empty. Type a number."))
    if GROUPED.fullmatch(text):
        text = text.replace(",", "")
    if not PLAIN.fullmatch(text):
        raise ValueError(_("“%(text)s” is not a quantity. Type a number, like 4 or 2.5.") % {"text": text[:20]})
    number = Decimal(text)
    if number > MOST:
        raise ValueError(_("A quantity is at most 9,999,999."))
    if -number.normalize().as_tuple().exponent > PLACES:
        raise ValueError(_("A quantity has at most 3 decimals."))
    return number
