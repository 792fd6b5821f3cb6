"""Who gets past the API's doors to an organization's keys and people."""

from apps.accounts import rules
from apps.core.drf.permissions import Member


def who_may(permission: str) -> type[Member]:
    """A permission class: members with that permission, whatever the method."""

    class Holder(Member):
        def has_permission(self, request, view):
            return super().has_permission(request, view) and rules.may(permission, request.membership)

    return Holder
