"""Keys to other people's systems: written here, used by the sync, never shown again."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Credential, Location
from apps.core.backoffice import Audited


class KeyForm(forms.ModelForm):
    """The key goes in through a password field that is always empty."""

    key = forms.CharField(
        label=_("Key"),
        max_length=2000,
        required=False,
        strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It is sealed at once and never shown again. Leave it empty to keep the present one."),
    )

    class Meta:
        model = Credential
        fields = ["location", "kind"]

    def clean_key(self):
        key = self.cleaned_data["key"]
        if self.instance._state.adding and not key:
            raise forms.ValidationError(_("Write the key."))
        return key


@admin.register(Credential)
class CredentialAdmin(Audited):
    form = KeyForm
    list_display = ["location", "kind", "ending", "updated_at"]
    list_select_related = ["location"]
    fields = ["location", "kind", "key"]
    secrets = ("key",)

    @admin.display(description=_("Key"))
    def ending(self, credential) -> str:
        return f"…{credential.hint}" if credential.hint else "…"

    def get_fields(self, request, obj=None):
        return [*self.fields, "ending"] if obj else self.fields

    def get_readonly_fields(self, request, obj=None):
        """A key is sealed for its place; for another place another is added."""
        return ["location", "kind", "ending"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        own = Location.objects.filter(is_active=True).select_related("organization")
        kwargs["queryset"] = own if request.user.is_superuser else own.filter(organization=request.organization)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.organization_id = obj.location.organization_id
        if form.cleaned_data.get("key"):
            obj.put(form.cleaned_data["key"])
        super().save_model(request, obj, form, change)
