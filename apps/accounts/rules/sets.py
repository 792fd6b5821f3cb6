"""What a role and a scope are made of."""

from dataclasses import dataclass

from django.utils.functional import Promise

from .sides import Role


@dataclass(frozen=True)
class Set:
    """A named set of permissions. `tier` is how far its holder gets on the routes that a policy line judges."""

    name: str | Promise
    tier: Role
    may: frozenset[str] = frozenset()
