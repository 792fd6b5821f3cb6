"""Who drives, and what."""

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.accounts.admin.owned import Owned
from apps.compliance.models import Driver, Vehicle


class DriverForm(forms.ModelForm):
    """The licence is written, never shown again."""

    licence = forms.CharField(label=_("driver's licence"), max_length=40, required=False)
    permit = forms.CharField(label=_("state permit"), max_length=40, required=False)

    class Meta:
        model = Driver
        fields = ["organization", "name", "is_active"]

    def clean_licence(self):
        licence = self.cleaned_data["licence"].strip()
        if not licence and self.instance._state.adding:
            raise forms.ValidationError(_("A driver needs a licence."))
        return licence


class Kept(Owned):
    """Manifests name them: one who drives no more is switched off."""

    def get_fields(self, request, obj=None):
        hidden = self.get_exclude(request, obj)
        return [name for name in self.fields if name not in hidden]

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Driver)
class DriverAdmin(Kept):
    form = DriverForm
    secrets = ("licence", "permit")
    fields = ["organization", "name", "licence", "permit", "is_active"]
    list_display = ["name", "hint", "is_active"]
    search_fields = ["name"]
    ordering = ["name"]

    def save_model(self, request, obj, form, change):
        if not obj.organization_id:
            obj.organization = request.organization
        if form.cleaned_data["licence"]:
            obj.put(licence=form.cleaned_data["licence"], permit=form.cleaned_data["permit"].strip())
        super().save_model(request, obj, form, change)


@admin.register(Vehicle)
class VehicleAdmin(Kept):
    fields = ["organization", "make", "model", "plate", "is_active"]
    list_display = ["plate", "make", "model", "is_active"]
    search_fields = ["plate", "make", "model"]
    ordering = ["plate"]
