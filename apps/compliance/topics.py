"""Who may hear `receiving.<organization>`: that organization's own people."""

from apps.core.scope import current


def own_receiving(user, key: str) -> bool:
    return bool(current().organization) and str(current().organization) == key
