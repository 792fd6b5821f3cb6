"""Default is no: signed in, and for tenants' rows a member of an organization."""

from rest_framework.permissions import SAFE_METHODS, BasePermission


class SignedIn(BasePermission):
    """A signed-in, active person."""

    def has_permission(self, request, view):
        return bool(request.user and request.user.is_authenticated and request.user.is_active)


class Member(SignedIn):
    """A member of the organization this request works for."""

    def has_permission(self, request, view):
        return super().has_permission(request, view) and request.organization is not None


class SellerStaff(Member):
    """Members may read; only a wholesaler's or retailer's own owner or staff may act."""

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or request.membership.role in ("owner", "staff")


class Acting(Member):
    """Members may read; viewers may not act. What the others may do, the verb asks of their roles."""

    def has_permission(self, request, view):
        if not super().has_permission(request, view):
            return False
        return request.method in SAFE_METHODS or request.membership.role != "viewer"
