"""Rows of one organization: a member adds them to the own one, the platform's own people choose."""

from apps.core.backoffice import Audited


class Owned(Audited):
    """`organization` is set for a member and never moved; a platform superuser chooses it when adding."""

    def get_readonly_fields(self, request, obj=None):
        return [*super().get_readonly_fields(request, obj), *(["organization"] if obj else [])]

    def get_exclude(self, request, obj=None):
        hidden = list(super().get_exclude(request, obj) or [])
        return hidden if obj or request.user.is_superuser else [*hidden, "organization"]

    def save_model(self, request, obj, form, change):
        if not change and not obj.organization_id:
            obj.organization = request.organization
        super().save_model(request, obj, form, change)
