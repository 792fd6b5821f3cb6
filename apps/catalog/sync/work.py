"""What the seven steps hand on to each other."""

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from apps.accounts.models import Location
from apps.catalog.models import HeldSnapshot, Product, ProductLink
from apps.core.locks import Held as Lease
from apps.core.models import RunState
from apps.core.pipeline import Work
from apps.gateways.dutchie.payloads import Amounts, BadRow, StockRow

from .kept import Shelf


class KnownLink(NamedTuple):
    """What the sync asks of a link that was there: thousands are read, and a model would be made of each."""

    pk: int
    dutchie_product: int
    product_id: UUID | None
    state: str
    method: str


@dataclass
class InventoryWork(Work):
    """One location's pull. Rows are packages; links and products are per product of the POS.

    `rows` had to be read, `same` (inventory ids) look as they did when they were kept on the `shelf`, and of the others
    only the `amounts` were read. Of those read, `moved` (inventory ids) differ from the shelf in amounts at most, and
    `reworded` ones only look different. `told` are the
    packages the answer names, bad rows' too; `lines` are the products whose shelf line changed.
    """

    location: Location = None
    leases: list[Lease] = field(default_factory=list)
    body: bytes = b""
    source: str = ""
    upcs: bool = True
    rows: list[StockRow] = field(default_factory=list)
    amounts: list[Amounts] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    prints: dict[int, bytes] = field(default_factory=dict)
    digests: dict[int, bytes] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)
    shelf: Shelf = field(default_factory=Shelf)
    links: dict[int, KnownLink | ProductLink] = field(default_factory=dict)
    new_links: list[ProductLink] = field(default_factory=list)
    new_products: list[Product] = field(default_factory=list)
    named: dict[UUID, StockRow] = field(default_factory=dict)
    put_off: set[int] = field(default_factory=set)
    created: list[StockRow] = field(default_factory=list)
    updated: list[StockRow | Amounts] = field(default_factory=list)
    reworded: list[StockRow | Amounts] = field(default_factory=list)
    told: set[int] = field(default_factory=set)
    gone: list[int] = field(default_factory=list)
    lines: list[UUID] = field(default_factory=list)
    digest: str = ""
    release: HeldSnapshot | None = None
    stack: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self):
        self.counts = {
            "fetched": 0,
            "matched": dict.fromkeys(["sku", "upc", "alias", "name", "link"], 0),
            "new": 0,
            "review": 0,
            "created": 0,
            "updated": 0,
            "unchanged": 0,
            "gone": 0,
            "quarantined": 0,
            "put_off": 0,
        }

    def undone(self) -> None:
        self.counts |= dict.fromkeys(["new", "created", "updated", "gone"], 0)

    def outcome(self) -> RunState:
        return RunState.COMPLETED_WITH_QUARANTINE if self.bad else RunState.COMPLETED
