"""What sellers write about their trading partners: inlines in the trail, buyers to choose from, who may set prices."""

from django.contrib import admin

from apps.accounts.models import Organization
from apps.accounts.rules import Side, may
from apps.core.backoffice import Audited


class Traded(Audited):
    """One's own rows, written by whoever may set prices; changes of the rows below go into the trail too.

    `mine` is the field that says whose it is: set for a member and never moved, chosen by the platform's own people.
    """

    permission = "pricing.edit"
    mine = "organization"

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *([self.mine] if obj else [])]

    def get_exclude(self, request, obj=None):
        hidden = list(super().get_exclude(request, obj) or [])
        return hidden if obj or request.user.is_superuser else [*hidden, self.mine]

    def get_fieldsets(self, request, obj=None):
        """A member needn't be asked whose it is."""
        hidden = self.get_exclude(request, obj)
        return [
            (name, {**options, "fields": [field for field in options["fields"] if field not in hidden]})
            for name, options in super().get_fieldsets(request, obj)
        ]

    def save_model(self, request, obj, form, change):
        if not change and getattr(obj, f"{self.mine}_id") is None:
            setattr(obj, self.mine, request.organization)
        super().save_model(request, obj, form, change)

    def owner_of(self, obj):
        return getattr(obj, f"{self.mine}_id")

    def get_queryset(self, request):
        """A buyer's scope shows what sellers made for it, too; that is not its own to keep."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(**{self.mine: request.organization})

    def has_add_permission(self, request):
        return super().has_add_permission(request) and self.may_write(request)

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.may_write(request)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.may_write(request)

    def may_write(self, request) -> bool:
        """A wholesaler's roles say who; a retailer's own rows bind nobody."""
        organization = request.organization
        if request.user.is_superuser or organization is None or not organization.sells:
            return True
        return may(self.permission, request.membership)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "buyer":
            kwargs["queryset"] = buyers(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_formset(self, request, form, formset, change):
        formset.save()
        told = {
            "added": [str(row) for row in formset.new_objects],
            "changed": {str(row): fields for row, fields in formset.changed_objects},
            "removed": [str(row) for row in formset.deleted_objects],
        }
        if any(told.values()):
            self.record(request, form.instance, f"{formset.model._meta.model_name}s_changed", **told)


class Below(admin.TabularInline):
    """Rows of the one above, written by whoever may write that."""

    extra = 1

    def _above(self, request, obj=None):
        return self.admin_site._registry[self.parent_model].has_change_permission(request)

    has_add_permission = has_change_permission = has_delete_permission = _above

    def has_view_permission(self, request, obj=None):
        return self.admin_site._registry[self.parent_model].has_view_permission(request, obj)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name == "buyer":
            kwargs["queryset"] = buyers(request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


def buyers(request):
    """Retailers this scope may see: those it is connected with."""
    return Organization.objects.filter(side=Side.RETAILER).exclude(pk=getattr(request.organization, "pk", None))
