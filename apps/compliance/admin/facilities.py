"""METRC facilities: which licence a location reports under, with which key, and whether that key opens."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location
from apps.compliance import actions
from apps.compliance.models import Facility
from apps.core.backoffice import Audited, moment


class FacilityForm(forms.ModelForm):
    """The user key goes in through a field that is always empty."""

    key = forms.CharField(
        label=_("METRC user key"),
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=_("It is sealed at once and never shown again. Leave it empty to keep the present one."),
    )

    class Meta:
        model = Facility
        fields = ["location", "number", "state", "transfer_type", "phone", "key_expires_date", "is_active"]

    def clean_state(self):
        return self.cleaned_data["state"].strip().lower()


@admin.register(Facility)
class FacilityAdmin(Audited):
    form = FacilityForm
    secrets = ("key",)
    fields = ["location", "number", "state", "key", "key_expires_date", "transfer_type", "phone", "is_active"]
    list_display = ["number", "location", "state", "ending", "key_expires_date", "answered", "held", "held_reason"]
    list_select_related = ["location"]
    search_fields = ["number"]
    ordering = ["number"]
    answered = moment("last_ok_at", _("METRC last read, UTC"))
    held = moment("held_at", _("Held since, UTC"))

    @admin.display(description=_("Key"))
    def ending(self, facility) -> str:
        return f"…{facility.hint}"

    def has_delete_permission(self, request, obj=None):
        """Its reports stay; one that is over is switched off."""
        return False

    def get_readonly_fields(self, request, obj=None):
        return ["location", "number", "state", "held_reason", "last_ok_at"] if obj else []

    def get_fields(self, request, obj=None):
        return [*self.fields, "held_reason", "last_ok_at"] if obj else self.fields

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        own = Location.objects.filter(is_active=True)
        kwargs["queryset"] = own if request.user.is_superuser else own.filter(organization=request.organization)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.organization_id = obj.location.organization_id
        super().save_model(request, obj, form, change)
        if form.cleaned_data["key"]:
            actions.put_key(facility=obj, key=form.cleaned_data["key"], by=request.user)
