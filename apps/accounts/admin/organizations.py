"""Companies, their licensed sites, and who trades with whom."""

from django.contrib import admin

from apps.accounts.models import Connection, Location, Organization
from apps.core.backoffice import Audited

from .owned import Owned


@admin.register(Organization)
class OrganizationAdmin(Audited):
    """Trading partners are seen by name; only one's own can be changed. Its side can't: what it sold stays sold."""

    list_display = ["name", "side", "created_at"]
    list_filter = ["side"]
    search_fields = ["name"]
    fields = ["name", "side"]

    def get_readonly_fields(self, request, obj=None):
        return ["side"] if obj else []

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        own = obj is None or request.user.is_superuser or obj.pk == getattr(request.organization, "pk", None)
        return own and super().has_change_permission(request, obj)

    def has_delete_permission(self, request, obj=None):
        return False

    def owner_of(self, obj):
        return obj.pk


@admin.register(Location)
class LocationAdmin(Owned):
    """A site is closed, never deleted: its stock and runs stay readable."""

    list_display = ["name", "organization", "zone", "license_number", "dutchie_loc", "is_active"]
    list_filter = ["is_active"]
    list_select_related = ["organization"]
    search_fields = ["name", "license_number"]
    prepopulated_fields = {"slug": ["name"]}
    fields = ["organization", "name", "slug", "zone", "license_number", "dutchie_lsp", "dutchie_loc", "is_active"]

    def get_fields(self, request, obj=None):
        hidden = self.get_exclude(request, obj)
        return [name for name in self.fields if name not in hidden]

    def get_queryset(self, request):
        """A retailer's scope shows connected wholesalers' sites too; they are not its own to keep."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(organization=request.organization)

    def get_prepopulated_fields(self, request, obj=None):
        return {} if obj else self.prepopulated_fields

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Connection)
class ConnectionAdmin(Audited):
    """It opens a wholesaler's catalog to a retailer. The platform's own people make one; the wholesaler may end it."""

    list_display = ["wholesaler", "retailer", "since_date"]
    list_select_related = ["wholesaler", "retailer"]
    search_fields = ["wholesaler__name", "retailer__name"]
    fields = ["wholesaler", "retailer", "since_date"]

    def has_add_permission(self, request):
        return request.user.is_superuser

    def has_change_permission(self, request, obj=None):
        return request.user.is_superuser

    def has_delete_permission(self, request, obj=None):
        own = obj is None or request.user.is_superuser or obj.wholesaler_id == request.organization.pk
        return own and super().has_delete_permission(request, obj)

    def owner_of(self, obj):
        return obj.wholesaler_id

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        kwargs["queryset"] = Organization.objects.filter(side=db_field.name)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
