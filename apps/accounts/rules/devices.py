"""Of whom the second factor may be asked only once in thirty days on a device they trust."""

from .sides import Role, Side


def may_trust_devices(roles: list[tuple[str, str]], *, is_staff: bool, is_superuser: bool) -> bool:
    """Nobody of the back office, and nobody who leads a wholesaler; `roles` are (tier, side of the organization)."""
    if is_staff or is_superuser:
        return False
    return not any(role in (Role.OWNER, Role.STAFF) and side == Side.WHOLESALER for role, side in roles)
