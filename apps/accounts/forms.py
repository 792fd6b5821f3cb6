"""Shapes in: who signs in, with which code; a new password; which organization, which colours."""

from django import forms
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.core.errors import Refused

from .actions import signing_in
from .actions.passkeys.ceremony import LARGEST
from .visitors import facts_of

EMAIL_WORDS = {
    "required": _("Write your email."),
    "invalid": _("This is no email address. Write it like name@company.com."),
}


class SignIn(AuthenticationForm):
    """Email and password. It never says which of the two was wrong, nor whether the person exists."""

    username = forms.EmailField(
        label=_("Email"),
        max_length=254,
        error_messages=EMAIL_WORDS,
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

    def clean(self):
        """Counted and queued like every other way in; never Django's own `authenticate` alone."""
        email, password = self.cleaned_data.get("username"), self.cleaned_data.get("password")
        if email and password:
            self.user_cache = _checked(self.request, email, password)
            if self.user_cache is None:
                raise self.get_invalid_login_error()
        return self.cleaned_data


class ShowCode(forms.Form):
    """A code from the authenticator, or one of the recovery codes: spaces and dashes don't count. Or what a passkey
    answered, as the browser's script wrote it."""

    METHODS = ("totp", "recovery", "passkey")

    code = forms.CharField(max_length=40, required=False)
    answer = forms.CharField(max_length=LARGEST, required=False)
    method = forms.ChoiceField(choices=[(name, name) for name in METHODS], required=False)
    trust = forms.BooleanField(required=False)

    def clean_code(self):
        return "".join(self.cleaned_data["code"].split())

    def clean_method(self):
        return self.cleaned_data["method"] or "totp"

    def clean(self):
        said = self.cleaned_data
        if said.get("method") != "passkey" and not said.get("code") and "code" not in self.errors:
            self.add_error("code", _("Write the code."))
        return said

    @property
    def shown(self) -> dict:
        """`method` and `code`, as `factors.verify` takes them."""
        said = self.cleaned_data
        return {"method": said["method"], "code": said["answer" if said["method"] == "passkey" else "code"]}

    @property
    def field(self) -> str:
        """Where what is wrong stands."""
        return "answer" if self.cleaned_data.get("method") == "passkey" else "code"


class ShowPassword(forms.Form):
    """The person at the keyboard is still the one who signed in."""

    password = forms.CharField(
        max_length=256, strip=False, error_messages={"required": _("Write your password."), "max_length": ""}
    )

    def __init__(self, request, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self):
        password = self.cleaned_data["password"]
        if _checked(self.request, self.request.user.email, password) is None:
            raise forms.ValidationError(_("That password did not match."))
        return password


class ChangePassword(SetPasswordForm):
    """Asked after the person has shown who they are; twelve characters, none of the common ones."""

    error_messages = {"password_mismatch": _("The two did not match. Write the new password twice.")}


def _checked(request, email: str, password: str):
    try:
        return signing_in.check_password(
            email=email, password=password, request_facts=facts_of(request), now=timezone.now()
        )
    except Refused as refusal:
        raise forms.ValidationError(refusal.detail, code=refusal.code) from None


class AskForReset(forms.Form):
    """Whose password is forgotten. Whether the email is anybody's, no answer tells."""

    email = forms.EmailField(max_length=254, error_messages=EMAIL_WORDS)


class NewPasskey(forms.Form):
    """What the browser has made, and a name to know it by."""

    name = forms.CharField(max_length=64, error_messages={"required": _("Give it a name you will know it by.")})
    answer = forms.CharField(
        max_length=LARGEST, error_messages={"required": _("No passkey came from the browser. Nothing was changed.")}
    )


class AskForMessage(forms.Form):
    """A wallet that is going to sign."""

    address = forms.CharField(max_length=42)
    chain_id = forms.IntegerField(min_value=1)


class Signed(forms.Form):
    """A message as it was given, in hexadecimal because a browser changes a text's line ends, and its signature.
    Whatever else comes is an attempt too: with no message."""

    message = forms.CharField(required=False)
    signature = forms.CharField(required=False)
    next = forms.CharField(required=False, max_length=500)

    def clean_message(self):
        try:
            return bytes.fromhex(self.cleaned_data["message"].removeprefix("0x")).decode()
        except ValueError:
            return ""


class ChooseOrganization(forms.Form):
    organization = forms.UUIDField()
    next = forms.CharField(required=False, max_length=500)


class ChooseTheme(forms.Form):
    """Light, dark, or empty: as the system has it."""

    theme = forms.ChoiceField(required=False, choices=[("", _("System")), ("light", _("Light")), ("dark", _("Dark"))])
    next = forms.CharField(required=False, max_length=500)
