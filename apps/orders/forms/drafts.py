"""What a draft's forms send: a new one, its details, a product to add, and the submission."""

from datetime import date, time

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import Location
from apps.accounts.rules import Side
from apps.orders.models import Order
from apps.orders.rules import OnShort
from apps.orders.rules.amounts import read_quantity
from apps.orders.rules.terms import Due


class Quantity(forms.CharField):
    """Plain decimal text from above 0 on, or from 0 with `none_too`."""

    def __init__(self, *, none_too: bool = False, **options):
        super().__init__(max_length=30, **options)
        self.none_too = none_too

    def clean(self, value):
        try:
            number = read_quantity(super().clean(value))
        except ValueError as error:
            raise ValidationError(str(error))
        if number == 0 and not self.none_too:
            raise ValidationError(_("Order more than 0."))
        return number


def shops() -> forms.ModelChoiceField:
    return forms.ModelChoiceField(Location.objects.none(), label=gettext_lazy("Deliver to"))


class NewDraft(forms.Form):
    """Of which wholesaler's place, for which of one's own, under which name."""

    place = forms.ModelChoiceField(Location.objects.none(), label=gettext_lazy("Order from"))
    location = shops()
    title = forms.CharField(
        label=gettext_lazy("Name of the draft"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("For your own people; the wholesaler does not need it."),
    )

    def __init__(self, organization, *args, **options):
        super().__init__(*args, **options)
        self.fields["place"].queryset = wholesale_places()
        self.fields["location"].queryset = organization.locations.filter(is_active=True).order_by("created_at")
        self.fields["place"].label_from_instance = lambda place: f"{place.organization.name}, {place.name}"


def wholesale_places():
    """Where this scope's people may buy."""
    places = Location.objects.filter(is_active=True, organization__side=Side.WHOLESALER)
    return places.select_related("organization").order_by("organization__name", "name")


class Details(forms.ModelForm):
    """A draft's name, PO number, note and what to do when goods run short."""

    class Meta:
        model = Order
        fields = ("title", "po_number", "note", "on_short")
        widgets = {"note": forms.Textarea(attrs={"rows": 3})}
        labels = {
            "title": gettext_lazy("Name of the draft"),
            "po_number": gettext_lazy("PO number"),
            "note": gettext_lazy("Note for the wholesaler"),
            "on_short": gettext_lazy("When a line runs short"),
        }


class Add(forms.Form):
    """So much of a SKU from a place. A page of many rows is one form: `sku` is the pressed button's, and its quantity
    stands in `q-<sku>`."""

    place = forms.ModelChoiceField(Location.objects.none())
    sku = forms.CharField(max_length=100)
    quantity = Quantity(label=gettext_lazy("Quantity"))

    def __init__(self, sent):
        told = {name: sent.get(name, "") for name in ("place", "sku", "quantity")}
        told["quantity"] = told["quantity"] or sent.get(f"q-{told['sku']}", "")
        super().__init__(told)
        self.fields["place"].queryset = wholesale_places()


class Submit(forms.Form):
    """The typed name under the terms, the delivery slot, how it is paid."""

    signed_by = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=200,
        error_messages={"required": gettext_lazy("Type your name: it says who agreed to the terms.")},
    )
    slot = forms.CharField(label=gettext_lazy("Delivery"), required=False)
    terms = forms.ChoiceField(label=gettext_lazy("Payment"), choices=Due.choices, required=False)
    on_short = forms.ChoiceField(label=gettext_lazy("When a line runs short"), choices=OnShort.choices)

    def clean_slot(self) -> tuple[date, time] | None:
        try:
            return read_slot(self.cleaned_data["slot"]) if self.cleaned_data["slot"] else None
        except ValueError:
            raise ValidationError(_("Choose one of the delivery slots."))


def read_slot(text: str) -> tuple[date, time]:
    """`2026-11-20 08:00`, as pages write a slot. Raises ValueError."""
    day, starts = text.split()
    return date.fromisoformat(day), time.fromisoformat(starts)
