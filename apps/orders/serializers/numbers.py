"""Quantities and money on the wire: plain decimal text out, a number or plain decimal text in. Nothing is coerced."""

import re
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

PLAIN = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,20})?")
ASKED = {"oneOf": [{"type": "number"}, {"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"}]}
MOST = Decimal("9999999")


class Number(serializers.Field):
    """A number or plain decimal text, from `least` on (above 0 with `above`), with at most so many decimal places.

    True is not 1, "1e3" is not a thousand, and digits of other scripts are no digits here.
    """

    default_error_messages = {
        "junk": _("Write a number, like 4 or 2.5."),
        "places": _("At most {places} decimals."),
        "above": _("Must be more than 0."),
        "least": _("Must not be below 0."),
        "most": _("Must be at most {most}."),
    }

    def __init__(self, *, places: int, above: bool = False, most: Decimal = MOST, **options):
        super().__init__(**options)
        self.places, self.above, self.most = places, above, most

    def to_internal_value(self, data) -> Decimal:
        number = self._read(data)
        if number <= 0 and self.above:
            self.fail("above")
        if number < 0:
            self.fail("least")
        if number > self.most:
            self.fail("most", most=f"{self.most:,}")
        if -number.normalize().as_tuple().exponent > self.places:
            self.fail("places", places=self.places)
        return number

    def _read(self, data) -> Decimal:
        if type(data) in (int, float):
            return Decimal(repr(data))  # the shortest text that means this number: 0.1 is 0.1
        if not isinstance(data, str) or not PLAIN.fullmatch(data):
            self.fail("junk")
        return Decimal(data)

    def to_representation(self, value) -> str:
        return f"{Decimal(value).normalize():f}"


@extend_schema_field(ASKED)
class Quantity(Number):
    """How much: more than 0, at most 9,999,999, three decimals."""

    def __init__(self, *, none_too: bool = False, **options):
        super().__init__(places=3, above=not none_too, **options)


@extend_schema_field(ASKED)
class Price(Number):
    """Money for one: from 0, at most 9,999,999, four decimals."""

    def __init__(self, **options):
        super().__init__(places=4, **options)


@extend_schema_field(ASKED)
class Amount(Number):
    """Money: from 0, at most 9,999,999, two decimals."""

    def __init__(self, **options):
        super().__init__(places=2, **options)


@extend_schema_field({"type": "string", "pattern": r"^[0-9]+(\.[0-9]+)?$"})
class PlainOut(serializers.Field):
    """A quantity as plain decimal text without trailing zeros: `2.5`."""

    def to_representation(self, value) -> str:
        return f"{Decimal(value).normalize():f}"


@extend_schema_field({"type": "string", "pattern": r"^[0-9]+\.[0-9]{2,4}$"})
class MoneyOut(serializers.Field):
    """Money as decimal text: cents, and up to four decimals where a price each has them."""

    def to_representation(self, value) -> str:
        places = min(4, max(2, -Decimal(value).normalize().as_tuple().exponent))
        return f"{Decimal(value):.{places}f}"
