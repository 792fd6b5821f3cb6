"""The catalog's filters, read from the address. What can't be read is said beside its field; the rest still counts."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

STOCK = [("in", _("In stock")), ("out", _("Out of stock"))]
BEST_BEFORE = [("60", _("More than 60 days")), ("120", _("More than 120 days"))]
SORTS = {
    "name": _("Name, A–Z"),
    "-name": _("Name, Z–A"),
    "price": _("Price, lowest first"),
    "-price": _("Price, highest first"),
    "best-before": _("Best before, soonest first"),
    "-best-before": _("Best before, latest first"),
    "-stock": _("Most stock first"),
    "stock": _("Least stock first"),
}
LARGEST_ID = 2**63 - 1
LONGEST_SLUG = 80


class Ids(forms.TypedMultipleChoiceField):
    """Numbers of rows. One that is nobody's finds nothing, as any filter may."""

    default_error_messages = {"invalid_choice": _("%(value)s is not one of the choices.")}

    def __init__(self):
        super().__init__(coerce=int, required=False)

    def valid_value(self, value) -> bool:
        return value.isascii() and value.isdecimal() and int(value) <= LARGEST_ID


class Price(forms.DecimalField):
    default_error_messages = {
        "invalid": _("Write a price as a number, such as 12.50."),
        "min_value": _("A price can't be below zero."),
    }

    def __init__(self):
        super().__init__(required=False, min_value=0, max_digits=12, decimal_places=4)


class Filters(forms.Form):
    """After `is_valid()`, right or wrong, `wanted` holds the filters that could be read."""

    location = forms.CharField(required=False, max_length=LONGEST_SLUG)
    q = forms.CharField(required=False, max_length=120)
    stock = forms.MultipleChoiceField(required=False, choices=STOCK)
    category = Ids()
    brand = Ids()
    price_from = Price()
    price_to = Price()
    best_before = forms.MultipleChoiceField(required=False, choices=BEST_BEFORE)
    sort = forms.ChoiceField(required=False, choices=list(SORTS.items()))
    cursor = forms.CharField(required=False, max_length=2000)

    def clean(self):
        lowest, highest = self.cleaned_data.get("price_from"), self.cleaned_data.get("price_to")
        if lowest is not None and highest is not None and lowest > highest:
            self.add_error("price_to", ValidationError(_("This is below the lower price.")))
        return self.cleaned_data

    @property
    def wanted(self) -> dict:
        return self.cleaned_data

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or "name"
