"""A link's stock follows its product: packages, shelf lines, open pages and upper floors; all in one transaction."""

from uuid import UUID

from django.db.models import Count, Sum

from apps.catalog.events import stock_changed
from apps.catalog.models import MatchDecision, ProductLink, StockItem
from apps.core.push import push

from .shelves import reshelve


def move_stock(link: ProductLink, *, was: UUID | None, now) -> dict:
    """Give the link's packages its product (or none), and sum the lines of that and of the one before anew.

    Returns what moved: packages, and the units of them that may be sold, as text."""
    packages = StockItem.objects.filter(link=link)
    places = list(packages.values_list("location_id", flat=True).distinct())
    packages.update(product_id=link.product_id, updated_at=now)
    changed = reshelve(
        organization_id=link.organization_id,
        location_ids=places,
        product_ids=[product for product in (link.product_id, was) if product],
        now=now,
    )
    for place in sorted(changed):
        _told(place, [str(product) for product in changed[place]])
    sold = packages.for_sale().order_by().aggregate(units=Sum("quantity"), packages=Count("pk"))
    return {"packages": packages.present().count(), "units": str(sold["units"] or 0), "locations": len(places)}


def tell(link: ProductLink, decision: MatchDecision, *, undone: bool = False) -> None:
    """Open back-office pages hear of it."""
    push(
        f"runs.{link.organization_id}",
        "match.undone" if undone else "match.decided",
        link=link.pk,
        verb=decision.verb,
        by=decision.undone_by if undone else decision.by,
    )


def _told(place: UUID, products: list[str]) -> None:
    push(f"inventory.{place}", "stock.changed", run=None, count=len(products), products=products)
    stock_changed.tell(location_id=str(place), products=products)
