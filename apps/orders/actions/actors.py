"""Who moves an order: a member for their organization, or the house itself."""

from dataclasses import dataclass
from typing import Any

from apps.accounts.models import User
from apps.accounts.rules import may
from apps.orders import rules
from apps.orders.models import Order


@dataclass(frozen=True)
class Actor:
    """`side` is the one this actor stands on in the orders of its organization; `name` is what both sides read.
    `fresh`: who they are was shown a moment ago."""

    name: str
    side: str
    user: User | None = None
    membership: Any = None
    fresh: bool = False

    def may(self, permissions: tuple[str, ...], order: Order) -> bool:
        """Any one is enough. At a retailer, roles hold for the locations they were given for."""
        if self.side == rules.SYSTEM:
            return True
        place = order.location_id if self.side == rules.BUYER else order.ships_from_id
        return any(may(permission, self.membership, place) for permission in permissions)

    def __str__(self) -> str:
        return str(self.user) if self.user else self.name


HOUSE = Actor(name="ReUp", side=rules.SYSTEM)


def actor_of(membership, *, fresh: bool = False) -> Actor:
    """The member, as orders know them. `membership` may be None: then nothing is allowed."""
    if membership is None:
        return Actor(name="", side="")
    user = membership.user
    return Actor(user.get_full_name() or user.email, membership.organization.side, user, membership, fresh)
