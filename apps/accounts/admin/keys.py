"""Keys and sign-ins to other people's systems: written here, used by the sync, never shown again."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Credential, Location
from apps.core.backoffice import Audited, moment

SIGN_IN = Credential.Kind.DUTCHIE_BACKOFFICE


class KeyForm(forms.ModelForm):
    """The key goes in through a password field that is always empty. A sign-in has a user name beside it."""

    key = forms.CharField(
        label=_("Key, secret or password"),
        max_length=2000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It is sealed at once and never shown again. Leave it empty to keep the present one."),
    )
    username = forms.CharField(
        label=_("User name"), max_length=200, required=False, help_text=_("For a Backoffice sign-in alone.")
    )
    tenant = forms.CharField(
        label=_("Tenant"), max_length=80, required=False, help_text=_("The first part of the Backoffice's address.")
    )

    class Meta:
        model = Credential
        fields = ["location", "kind"]

    def clean(self):
        cleaned = super().clean()
        if self.instance._state.adding and not cleaned.get("key"):
            self.add_error("key", _("Write the key."))
        kind = cleaned.get("kind") or self.instance.kind
        if kind == SIGN_IN and cleaned.get("key") and not cleaned.get("username"):
            self.add_error("username", _("A sign-in needs its user name beside the password."))
        return cleaned

    def seal(self, credential: Credential) -> None:
        """Puts what was written into the row; nothing written keeps what is there."""
        told = self.cleaned_data
        if told.get("key") and credential.kind == SIGN_IN:
            credential.put_sign_in(username=told["username"], password=told["key"], tenant=told.get("tenant", ""))
        elif told.get("key"):
            credential.put(told["key"])


@admin.register(Credential)
class CredentialAdmin(Audited):
    form = KeyForm
    list_display = ["location", "kind", "ending", "updated", "refused", "last_reason"]
    list_select_related = ["location"]
    fields = ["location", "kind", "key", "username", "tenant"]
    secrets = ("key", "username", "tenant")
    updated = moment("updated_at", _("Written, UTC"))
    refused = moment("last_failed_at", _("Refused, UTC"))

    @admin.display(description=_("Key"))
    def ending(self, credential) -> str:
        """A key by how it ends, a sign-in by how its user name begins."""
        if not credential.hint:
            return "…"
        return f"{credential.hint}…" if credential.kind == SIGN_IN else f"…{credential.hint}"

    def get_fields(self, request, obj=None):
        if obj is None:
            return self.fields
        shown = self.fields if obj.kind == SIGN_IN else ["location", "kind", "key"]
        return [*shown, "ending", "last_failed_at", "last_reason"]

    def get_readonly_fields(self, request, obj=None):
        """A key is sealed for its place; for another place another is added."""
        return ["location", "kind", "ending", "last_failed_at", "last_reason"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        own = Location.objects.filter(is_active=True).select_related("organization")
        kwargs["queryset"] = own if request.user.is_superuser else own.filter(organization=request.organization)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.organization_id = obj.location.organization_id
        form.seal(obj)
        super().save_model(request, obj, form, change)
