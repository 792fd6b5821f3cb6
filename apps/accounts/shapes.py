"""Shapes in of the settings' pages: a licence, an API key, who is invited or changed, who joins."""

from datetime import UTC, datetime, time

from django import forms
from django.utils.translation import gettext_lazy as _

from . import rules
from .models import License, Location

ANY_DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
BOXES = forms.CheckboxSelectMultiple


class LicenseForm(forms.ModelForm):
    """Its site is one of the organization's own."""

    class Meta:
        model = License
        fields = ["location", "number", "state", "kind", "valid_from_date", "valid_until_date", "status", "note"]
        widgets = {"valid_from_date": ANY_DATE, "valid_until_date": ANY_DATE}

    def __init__(self, organization, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.organization = organization
        self.fields["location"].queryset = Location.objects.filter(organization=organization).order_by("name")
        self.fields["location"].empty_label = None

    def clean_state(self):
        return self.cleaned_data["state"].upper()

    def clean(self):
        """What the table would refuse in its own words is told at its field."""
        told = super().clean()
        first, last = told.get("valid_from_date"), told.get("valid_until_date")
        if first and last and last < first:
            self.add_error("valid_until_date", _("Too early."))
        return told


class LimitForm(forms.Form):
    """From what sum on an order asks its buyer to confirm; empty is the platform's own."""

    limit = forms.DecimalField(
        label=_("Confirm orders above"),
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
    )


class KeyForm(forms.Form):
    """A name, scopes, and a last day where one is wanted: through that day, UTC."""

    name = forms.CharField(
        label=_("Name"), max_length=60, error_messages={"required": _("Give it a name you know it by.")}
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may"), widget=BOXES, error_messages={"required": _("Choose at least one.")}
    )
    expires_date = forms.DateField(label=_("Last day (optional)"), required=False, widget=ANY_DATE)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = list(rules.scope_names().items())

    @property
    def expires_at(self) -> datetime | None:
        day = self.cleaned_data["expires_date"]
        return datetime.combine(day, time.max, UTC) if day else None


class MemberForm(forms.Form):
    """Roles of the organization's side, and the sites they are for; no site chosen means all of them."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), widget=BOXES, error_messages={"required": _("Choose at least one.")}
    )
    locations = forms.TypedMultipleChoiceField(label=_("Only at"), widget=BOXES, required=False)

    def __init__(self, organization, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = [(key, each.name) for key, each in rules.ROLES[organization.side].items()]
        sites = {str(site.pk): site for site in Location.objects.filter(organization=organization).order_by("name")}
        self.fields["locations"].choices = [(key, site.name) for key, site in sites.items()]
        self.fields["locations"].coerce = lambda key: sites[key].pk

    @property
    def sites(self) -> bool:
        return bool(self.fields["locations"].choices)


class InviteForm(MemberForm):
    email = forms.EmailField(
        label=_("Email"),
        error_messages={
            "required": _("Write their email."),
            "invalid": _("This is no email address. Write it like name@company.com."),
        },
    )
    field_order = ["email"]


class JoinForm(forms.Form):
    """A new person's name and password, the latter written twice."""

    name = forms.CharField(label=_("Name"), max_length=120, error_messages={"required": _("Write your name.")})
    password = forms.CharField(max_length=256, strip=False, error_messages={"required": _("Write a password.")})
    again = forms.CharField(max_length=256, strip=False, error_messages={"required": _("Write it once more.")})

    def clean(self):
        told = super().clean()
        if "password" in told and "again" in told and told["password"] != told["again"]:
            self.add_error("again", _("The two did not match. Write the password twice."))
        return told


def tell(form: forms.Form, refusal) -> None:
    """What an action refused, at the fields it names."""
    named = {name: words for name, words in refusal.errors.items() if name in form.fields}
    for name, words in named.items():
        form.add_error(name, words)
    if not named:
        form.add_error(None, refusal.detail)
