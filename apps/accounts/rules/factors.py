"""Second factors: which count as one, and of whom one is demanded."""

from .sides import Role, Side

# As `amr` of a session names them; a "device" is one where another was shown, not asked again for thirty days.
SECOND_FACTORS = frozenset({"otp", "recovery", "passkey", "device"})


def is_verified(amr: list[str]) -> bool:
    """A second factor was shown."""
    return bool(SECOND_FACTORS.intersection(amr))


def demands_factor(roles: list[tuple[str, str]], *, is_staff: bool, is_superuser: bool) -> bool:
    """Whether somebody may sign in with two factors only; `roles` are (tier, side of the organization)."""
    if is_staff or is_superuser:
        return True
    return any(role == Role.OWNER or (role == Role.STAFF and side == Side.WHOLESALER) for role, side in roles)
