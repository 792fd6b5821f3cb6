"""What METRC's answers mean, as the platform's own people classify them; asked before the built-in catalogue."""

import re

from django import forms
from django.contrib import admin
from django.utils.translation import gettext as _

from apps.compliance.models import ErrorRule
from apps.core.backoffice import Audited


class RuleForm(forms.ModelForm):
    class Meta:
        model = ErrorRule
        fields = ["position", "status", "pattern", "verdict", "note"]

    def clean_pattern(self):
        try:
            re.compile(self.cleaned_data["pattern"])
        except re.error as wrong:
            raise forms.ValidationError(_("This is no regular expression: %(why)s") % {"why": wrong}) from None
        return self.cleaned_data["pattern"]

    def clean(self):
        told = super().clean()
        if not told.get("pattern") and told.get("status") is None:
            raise forms.ValidationError(_("A rule names a status, words, or both."))
        return told


@admin.register(ErrorRule)
class ErrorRuleAdmin(Audited):
    form = RuleForm
    list_display = ["position", "status", "pattern", "verdict", "note"]
    list_display_links = ["pattern"]
    ordering = ["position"]
