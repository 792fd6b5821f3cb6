"""What a decision would do, worked out before anybody presses a button: one set of reads for all candidates."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from uuid import UUID

from django.db.models import F

from apps.catalog.models import ProductLink, ShelfLine, StockItem

NONE = Decimal(0)


@dataclass(frozen=True)
class LineEffect:
    """A shelf line before and after, in units of stock and money each; None where there is no price."""

    location: str
    unit: str
    before: Decimal
    after: Decimal
    price_before: Decimal | None
    price_after: Decimal | None


@dataclass(frozen=True)
class Effects:
    """`packages` join, `units` of them may be sold; `lines` are the shelf lines that change; `learned` is the name."""

    packages: int
    units: Decimal
    unit: str
    learned: str
    lines: list[LineEffect] = field(default_factory=list)

    @property
    def before(self) -> Decimal:
        return sum((line.before for line in self.lines), NONE)

    @property
    def after(self) -> Decimal:
        return sum((line.after for line in self.lines), NONE)


def effects(link: ProductLink, product_id: UUID | None) -> Effects:
    """Of linking `link` to a product of ours; None is a new one."""
    return effects_of(link, [product_id])[product_id]


def effects_of(link: ProductLink, product_ids: Iterable[UUID | None]) -> dict[UUID | None, Effects]:
    """The same for many candidates, in a fixed number of reads."""
    packages = list(StockItem.objects.present().filter(link=link).select_related("location"))
    sold = [item for item in packages if item.quantity > 0 and item.status.lower() in ("", "active")]
    sold.sort(key=_first_first)
    wanted = list(product_ids)
    places = {item.location_id for item in sold}
    lines = {
        (line.product_id, line.location_id): line
        for line in ShelfLine.objects.filter(location__in=places, product__in=[one for one in wanted if one])
    }
    firsts = _firsts(places, wanted)
    whole = {"packages": len(packages), "units": sum((item.quantity for item in sold), NONE)}
    whole |= {"unit": sold[0].unit if sold else "", "learned": link.source_name}
    shelves = _sorted(sold)
    return {
        one: Effects(**whole, lines=[_line(sold, at, lines.get((one, at)), firsts.get((one, at))) for at in shelves])
        for one in wanted
    }


def _firsts(places: set[UUID], product_ids: list[UUID | None]) -> dict[tuple, StockItem]:
    """The package to be taken first, of each product at each place: its price is the line's."""
    mine = StockItem.objects.for_sale().filter(location__in=places, product__in=[one for one in product_ids if one])
    ordered = mine.order_by("product_id", "location_id", F("expires_date").asc(nulls_last=True), "id")
    return {(item.product_id, item.location_id): item for item in ordered.distinct("product_id", "location_id")}


def _line(sold: list[StockItem], place: UUID, line: ShelfLine | None, first: StockItem | None) -> LineEffect:
    joining = [item for item in sold if item.location_id == place]
    taken_first = min([joining[0], *([first] if first else [])], key=_first_first)
    before = line.quantity if line else NONE
    return LineEffect(
        location=joining[0].location.name,
        unit=line.unit if line and line.packages else joining[0].unit,
        before=before,
        after=before + sum((item.quantity for item in joining), NONE),
        price_before=line.price if line and line.packages else None,
        price_after=taken_first.price,
    )


def _sorted(sold: list[StockItem]) -> list[UUID]:
    """The places concerned, by name."""
    names = {item.location_id: item.location.name for item in sold}
    return sorted(names, key=lambda place: (names[place], place))


def _first_first(item: StockItem) -> tuple:
    return (item.expires_date is None, item.expires_date or 0, item.pk)
