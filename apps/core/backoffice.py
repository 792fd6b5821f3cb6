"""What every back-office page is made of: changes are audited, system rows are read-only, states are badges."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.core import audit
from apps.core.look.text import when
from apps.core.templatetags.look import badge

LONGEST = 200  # characters of a value kept in the trail


def state_badge(kind: str):
    """A list's column: the row's state as icon and word."""

    @admin.display(description=_("State"), ordering="state")
    def state(self, row) -> str:
        return render_to_string("_badge.html", badge(row.state, kind))

    return state


def moment(field: str, words):
    """A list's column: a moment in UTC, as near days read."""

    @admin.display(description=words, ordering=field)
    def column(self, row) -> str:
        return when(getattr(row, field), "UTC")

    return column


def as_text(text: str) -> str:
    """Text as it is, in a box that scrolls and can be reached by keyboard."""
    return format_html('<pre tabindex="0">{}</pre>', text)


class NeedsWork(admin.SimpleListFilter):
    """States to choose from; without a choice the one that needs work. Subclasses name `choices_of` and `first`."""

    title = _("State")
    parameter_name = "state__exact"
    choices_of: list = []
    first = ""

    def lookups(self, request, model_admin):
        whole = ("all", _("All"))
        return [whole, *self.choices_of] if self.first == "all" else [*self.choices_of, whole]

    def value(self):
        return super().value() or self.first

    def queryset(self, request, queryset):
        return queryset if self.value() == "all" else queryset.filter(state=self.value())

    def choices(self, changelist):
        for value, word in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == str(value), "query_string": query, "display": word}


class Audited(admin.ModelAdmin):
    """Every change goes into the audit trail, field by field. `secrets` are named there, their values never."""

    show_full_result_count = False
    list_per_page = 50
    secrets: tuple[str, ...] = ()

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        self.record(request, obj, "changed" if change else "added", fields=self._differences(form))

    def delete_model(self, request, obj):
        """Row security removes nothing, silently, where a row is seen but another's: that is a no, not a success."""
        self.record(request, obj, "removed", was=str(obj)[:LONGEST])
        removed, _rows = obj.delete()
        if not removed:
            raise PermissionDenied

    def delete_queryset(self, request, queryset):
        with transaction.atomic():
            for obj in queryset:
                self.delete_model(request, obj)

    def record(self, request, obj, verb: str, **data):
        return audit.record(
            request.user, f"{obj._meta.model_name}.{verb}", obj, organization=self.owner_of(obj), **data
        )

    def owner_of(self, obj):
        """The organization in whose trail the change is kept; none means the one the request works for."""
        return getattr(obj, "organization_id", None)

    def _differences(self, form) -> dict:
        shown = [name for name in form.changed_data if name not in self.secrets]
        told = {name: [_text(form.initial.get(name)), _text(form.cleaned_data.get(name))] for name in shown}
        return told | {name: "set anew" for name in form.changed_data if name in self.secrets}


class ReadOnly(admin.ModelAdmin):
    """Rows that the system makes: seen, never added, edited or deleted by hand."""

    show_full_result_count = False
    list_per_page = 50
    actions_on_top = True

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


def _text(value) -> str:
    return str(getattr(value, "pk", value) if value is not None else "")[:LONGEST]
