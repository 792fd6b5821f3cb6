"""Rights in the back office come from the role in the organization the request works for, as data in `rules.MAY`."""

from django.contrib.auth.backends import ModelBackend

from apps.core.scope import current

from . import rules
from .models import Membership


class ByRole(ModelBackend):
    """Password sign-in; permissions by role. Django's own groups and user permissions are not asked."""

    def has_perm(self, user, perm, obj=None):
        return user.is_active and rules.may_in_office(role_of(user), perm)

    def has_module_perms(self, user, app_label):
        return user.is_active and any(label.startswith(f"{app_label}.") for label in rules.MAY.get(role_of(user), {}))

    def get_all_permissions(self, user, obj=None):
        return set()


def role_of(user) -> str | None:
    organization = current().organization
    if not organization:
        return None
    kept = user.__dict__.setdefault("_roles", {})
    if organization not in kept:
        kept[organization] = (
            Membership.objects.filter(user=user, organization_id=organization).values_list("role", flat=True).first()
        )
    return kept[organization]
