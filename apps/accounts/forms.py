"""Shapes in: who signs in, which organization, which colours."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _


class SignIn(AuthenticationForm):
    """Email and password. It never says which of the two was wrong, nor whether the person exists."""

    username = forms.EmailField(
        label=_("Email"),
        max_length=254,
        error_messages={
            "required": _("Write your email."),
            "invalid": _("This is no email address. Write it like name@company.com."),
        },
    )
    error_messages = {
        "invalid_login": _(
            "That email and password did not match. Capitals count in the password; if you were invited, set one first."
        ),
        "inactive": _("That email and password did not match."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = _("Write your password.")


class ChooseOrganization(forms.Form):
    organization = forms.UUIDField()
    next = forms.CharField(required=False, max_length=500)


class ChooseTheme(forms.Form):
    """Light, dark, or empty: as the system has it."""

    theme = forms.ChoiceField(required=False, choices=[("", _("System")), ("light", _("Light")), ("dark", _("Dark"))])
    next = forms.CharField(required=False, max_length=500)
