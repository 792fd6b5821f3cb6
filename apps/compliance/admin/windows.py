"""When METRC said it would be away, and which calls a state has come to publish: the platform's people enter both."""

import re

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from apps.compliance.models import Capability, MaintenanceWindow
from apps.core.backoffice import Audited, moment

STATE = re.compile(r"[a-z]{2}")
PATH = re.compile(r"(/[\w-]+|/\{(transfer|delivery|template)\})+/?")


class StateForm(forms.ModelForm):
    def clean_state(self):
        state = self.cleaned_data["state"].strip().lower()
        if state and not STATE.fullmatch(state):
            raise forms.ValidationError(_("A state is METRC's two letters, as in its address: mi, ny, ca."))
        return state


class CapabilityForm(StateForm):
    class Meta:
        model = Capability
        fields = ["state", "number", "act", "method", "path", "is_on", "note"]

    def clean_path(self):
        path = self.cleaned_data["path"].strip()
        if not PATH.fullmatch(path) or ".." in path:
            raise forms.ValidationError(
                _("A path as the state writes it, without its host; {transfer}, {delivery} and {template} are filled.")
            )
        return path


@admin.register(Capability)
class CapabilityAdmin(Audited):
    """Saved anew it counts as looked after: what METRC said of it before is forgotten."""

    form = CapabilityForm
    list_display = ["state", "number", "act", "method", "path", "is_on", "missing"]
    list_display_links = ["path"]
    list_filter = ["act", "is_on"]
    missing = moment("missing_at", _("METRC answered 404, UTC"))

    def save_model(self, request, obj, form, change):
        obj.missing_at = None
        super().save_model(request, obj, form, change)


class WindowForm(StateForm):
    class Meta:
        model = MaintenanceWindow
        fields = ["state", "begins_at", "ends_at", "note"]

    def clean(self):
        told = super().clean()
        begins, ends = told.get("begins_at"), told.get("ends_at")
        if begins and ends and ends <= begins:
            self.add_error("ends_at", _("The end comes after the beginning."))
        return told


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(Audited):
    form = WindowForm
    list_display = ["where", "begins", "ends", "note"]
    ordering = ["-begins_at"]
    begins = moment("begins_at", _("Begins, UTC"))
    ends = moment("ends_at", _("Ends, UTC"))

    @admin.display(description=_("State"), ordering="state")
    def where(self, window) -> str:
        return window.state.upper() or _("every state")
