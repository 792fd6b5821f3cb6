"""Who may hear the topics this app owns: `me` and `runs.<organization>`."""

from apps.core.scope import current


def own_self(user, key: str) -> bool:
    """`me` is everybody's own; the stream adds whose it is."""
    return user.is_authenticated and key in ("", str(user.pk))


def own_runs(user, key: str) -> bool:
    return bool(current().organization) and str(current().organization) == key
