"""Licences, those that end first first; API keys by prefix; invitations that wait."""

from django.contrib import admin
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.actions import api_keys
from apps.accounts.models import ApiKey, Invitation, License, Location
from apps.core.backoffice import ReadOnly, moment

from .owned import Owned


@admin.register(License)
class LicenseAdmin(Owned):
    list_display = ["number", "location", "state", "kind", "valid_from_date", "valid_until_date", "status"]
    list_select_related = ["location"]
    list_filter = ["status", "kind", "state"]
    search_fields = ["number", "location__name"]
    ordering = ["valid_until_date", "number"]
    fields = ["location", "number", "state", "kind", "valid_from_date", "valid_until_date", "status", "note"]

    def get_queryset(self, request):
        """Partners' licences are seen by orders; they are not this organization's to keep."""
        rows = super().get_queryset(request)
        return rows if request.user.is_superuser else rows.filter(organization=request.organization)

    def get_readonly_fields(self, request, obj=None):
        """A licence is for its site; for another site another is entered."""
        return ["location"] if obj else []

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        own = Location.objects.filter(is_active=True).select_related("organization")
        kwargs["queryset"] = own if request.user.is_superuser else own.filter(organization=request.organization)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request, obj, form, change):
        obj.organization_id = obj.location.organization_id
        super().save_model(request, obj, form, change)


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnly):
    """Made in the portal, after a step-up; here they are seen and revoked."""

    list_display = ["name", "prefix", "organization", "scopes_told", "made_by", "used", "ends", "revoked"]
    list_select_related = ["organization", "made_by"]
    list_filter = [("revoked_at", admin.EmptyFieldListFilter)]
    search_fields = ["name", "prefix", "made_by__email"]
    exclude = ["digest"]
    ordering = ["-created_at"]
    actions = ["revoke"]
    used = moment("last_used_at", _("Last used, UTC"))
    ends = moment("expires_at", _("Good until, UTC"))
    revoked = moment("revoked_at", _("Revoked, UTC"))

    @admin.action(description=_("Revoke the chosen keys"), permissions=["revoke"])
    def revoke(self, request, queryset):
        for key in queryset:
            api_keys.revoke_key(key=key, by=request.user, now=timezone.now())
        self.message_user(request, _("They are revoked: their next requests are refused."))

    def has_revoke_permission(self, request) -> bool:
        return request.user.has_perm("accounts.revoke_apikey")


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ["email", "organization", "roles_told", "invited_by", "ends", "accepted", "withdrawn"]
    list_select_related = ["organization", "invited_by"]
    list_filter = [("accepted_at", admin.EmptyFieldListFilter), ("withdrawn_at", admin.EmptyFieldListFilter)]
    search_fields = ["email"]
    exclude = ["digest"]
    ends = moment("expires_at", _("Good until, UTC"))
    accepted = moment("accepted_at", _("Accepted, UTC"))
    withdrawn = moment("withdrawn_at", _("Withdrawn, UTC"))
