"""One product's price for one buyer: which list decides it, its tiers, and the trail that says why."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from apps.core.errors import Refused

from .packs import Pack

ANY = Decimal("0.0000")


class Tier(NamedTuple):
    """A price each that holds from a quantity on; from 0 means for any."""

    from_quantity: Decimal
    price: Decimal


@dataclass(frozen=True)
class Listed:
    """What one of the buyer's price lists says of the product; the lowest priority decides. Tiers ascend."""

    name: str
    priority: int
    tiers: tuple[Tier, ...]

    def price(self, quantity: Decimal) -> Decimal | None:
        return next((tier.price for tier in reversed(self.tiers) if tier.from_quantity <= quantity), None)


@dataclass(frozen=True)
class Priced:
    """`unit_price` has four decimals at most, None where nobody has set one. `why` is the trail, as plain JSON data:

    `{step: shelf | list | tier | pays | next | lost, price, ...}`. A list and a lost list have their `name`; a tier
    and the next one `from` which quantity they hold; a list and a tier the `change` they made.
    """

    unit_price: Decimal | None
    why: list[dict]


@dataclass(frozen=True)
class Offer:
    """What a seller asks of one buyer for one product. `ladder` are the prices by quantity, `losers` the lists that
    would have priced it too; `shelf_price` is what it costs without any list."""

    product_id: UUID
    product: str
    unit: str
    shelf_price: Decimal | None
    pack: Pack
    listed: Listed | None
    losers: tuple[Listed, ...]

    @property
    def minimum(self) -> Decimal | None:
        return self.pack.minimum

    @property
    def multiple(self) -> Decimal | None:
        return self.pack.multiple

    @property
    def list_name(self) -> str:
        return self.listed.name if self.listed else ""

    @property
    def ladder(self) -> tuple[Tier, ...]:
        """Ascending; begins at 0 with the shelf's price where the list's tiers begin later."""
        tiers = self.listed.tiers if self.listed else ()
        if self.shelf_price is None or (tiers and tiers[0].from_quantity <= ANY):
            return tiers
        return (Tier(ANY, self.shelf_price), *tiers)

    @property
    def first_price(self) -> Decimal | None:
        """The price each of the first step alone."""
        return self.ladder[0].price if self.ladder else None

    @property
    def first(self) -> Priced:
        """The first step of the ladder: what a list of products shows beside the next."""
        return self.price(self.ladder[0].from_quantity if self.ladder else ANY)

    def price(self, quantity: Decimal) -> Priced:
        by_list = self.listed.price(quantity) if self.listed else None
        price = self.shelf_price if by_list is None else by_list
        return Priced(price, [*self._steps(quantity, price), *self._beside(quantity)])

    def check(self, quantity: Decimal) -> Refused | None:
        """Why so much of it can't be ordered: `quantity-rule` 422, or `no-price` 409. None when it can."""
        if refused := self.pack.check(self.product, quantity):
            return refused
        if self.price(quantity).unit_price is None:
            return Refused(_("%(product)s has no price yet.") % {"product": self.product}, code="no-price")
        return None

    def _steps(self, quantity: Decimal, price: Decimal | None) -> list[dict]:
        """From the shelf's price to what is paid."""
        steps = [] if self.shelf_price is None else [{"step": "shelf", "price": f"{self.shelf_price:f}"}]
        passed = [tier for tier in self.listed.tiers if tier.from_quantity <= quantity] if self.listed else []
        before = self.shelf_price
        for number, tier in enumerate(passed):
            named = {"step": "tier", "from": f"{tier.from_quantity:f}"} if number else {"step": "list"}
            change = "" if before is None else f"{tier.price - before:f}"
            steps.append(named | {"name": self.list_name, "price": f"{tier.price:f}", "change": change})
            before = tier.price
        if price is not None:
            steps.append({"step": "pays", "price": f"{price:f}", "tier": len(passed), "tiers": self._tiers})
        return steps

    @property
    def _tiers(self) -> int:
        return len(self.listed.tiers) if self.listed else 0

    def _beside(self, quantity: Decimal) -> list[dict]:
        """The next tier to reach, and the lists that did not decide."""
        later = [tier for tier in self.ladder if tier.from_quantity > quantity][:1]
        steps = [{"step": "next", "from": f"{tier.from_quantity:f}", "price": f"{tier.price:f}"} for tier in later]
        for loser in self.losers:
            if (price := loser.price(quantity)) is not None:
                steps.append({"step": "lost", "name": loser.name, "price": f"{price:f}"})
        return steps


def offer(
    *, product_id: UUID, product: str, unit: str, shelf_price: Decimal | None, lists: Iterable[Listed], pack: Pack
) -> Offer:
    """Of all lists that price the product for this buyer the lowest priority decides; the others are the losers."""
    found = sorted((one for one in lists if one.tiers), key=lambda one: one.priority)
    return Offer(product_id, product, unit, shelf_price, pack, found[0] if found else None, tuple(found[1:]))
