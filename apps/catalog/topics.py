"""Who may hear `inventory.<location>`: the location's own people, and retailers connected to its organization."""

from uuid import UUID

from apps.accounts.models import Location


def may_hear_inventory(user, key: str) -> bool:
    try:
        return Location.objects.filter(pk=UUID(key)).exists()  # row-level security shows only what this scope may see
    except ValueError:
        return False
