"""Who may hear which topic: each app's apps.py names the topics it owns and the question that opens them."""

from collections.abc import Callable

_owners: dict[str, Callable] = {}


def own(prefix: str, may_hear: Callable) -> None:
    """Topics are `prefix` or `prefix.<key>`. `may_hear(user, key) -> bool` is asked in the listener's own scope."""
    _owners[prefix] = may_hear


def may_hear(user, topic: str) -> bool:
    """False for topics nobody owns, too: a stranger can't tell which exist."""
    prefix, _, key = topic.partition(".")
    question = _owners.get(prefix)
    return bool(question and question(user, key))
