"""The demo's trade: terms with a credit limit, delivery days; once the shelf is filled, two price lists and packs."""

from datetime import date, time, timedelta
from decimal import Decimal

from apps.accounts.models import Location, Organization
from apps.catalog.models import PackRule, PriceList, PriceListBuyer, PriceRow, ShelfLine
from apps.orders.models import DeliveryRule, TaxRule, TradeTerms
from apps.orders.rules.money import CENT, less
from apps.orders.rules.terms import Due

TERMS = {"payment": Due.NET_30, "credit_limit": Decimal(25_000), "order_minimum": Decimal(75)}
TAX = {"name": "Wholesale excise", "state": "MI", "percent": Decimal(24)}  # of 2026, on sales to retailers
WINDOWS, CUTOFF = ["08:00-10:00", "13:00-15:00"], time(14)
AREAS = {"northlight-holland": ("Grand Rapids and the lake shore", [1, 2, 3, 4, 5])}
AREAS |= {"northlight-lansing": ("Lansing", [2, 4])}
LISTED, CASED = 30, 12  # products by name
CASES = [4, 6]
PERCENT, MORE, FROM = Decimal(5), Decimal(9), Decimal(48)  # off the shelf's price, and off it from so many on
HOLIDAY = Decimal(12)


def agree(*, seller: Organization, buyer: Organization, today: date) -> dict[str, int]:
    """Terms and rounds that are missing; how many of each were made."""
    _row, new = TradeTerms.objects.get_or_create(seller=seller, buyer=buyer, defaults=TERMS)
    places = Location.objects.filter(organization=seller, slug__in=AREAS)
    taxed = TaxRule.objects.get_or_create(organization=seller, **TAX, defaults={"starts_date": date(today.year, 1, 1)})[
        1
    ]
    return {"terms": int(new), "rounds": sum(_round(place, today) for place in places), "taxes": int(taxed)}


def price(*, site: Location, buyer: Organization, today: date) -> int:
    """Lists and packs for what lies on the site's shelf: how many rows. None of it where the seller has a list."""
    if PriceList.objects.filter(organization=site.organization).exists():
        return 0
    shelf = ShelfLine.objects.filter(location=site, product__is_listed=True).exclude(price=None)
    lines = list(shelf.select_related("product").order_by("product__name", "id")[:LISTED])
    if not lines:
        return 0
    usual = _list(site.organization, buyer, f"Eastown {today.year}", 20)
    holiday = {"starts_date": today - timedelta(days=7), "ends_date": today + timedelta(days=40)}
    early = _list(site.organization, buyer, "Holiday week", 10, **holiday)
    rows = [row for line in lines for row in _tiers(usual, line)]
    rows += [_row(early, line, HOLIDAY, Decimal(0)) for line in lines[::10]]
    packs = [_pack(line, CASES[n % len(CASES)]) for n, line in enumerate(lines[:CASED])]
    return len(PriceRow.objects.bulk_create(rows)) + len(PackRule.objects.bulk_create(packs))


def _round(place: Location, today: date) -> bool:
    area, weekdays = AREAS[place.slug]
    told = {"weekdays": weekdays, "windows": WINDOWS, "cutoff": CUTOFF, "closed_dates": [date(today.year, 12, 25)]}
    return DeliveryRule.objects.get_or_create(location=place, area=area, defaults=told)[1]


def _list(seller: Organization, buyer: Organization, name: str, priority: int, **days) -> PriceList:
    made = PriceList.objects.create(organization=seller, name=name, priority=priority, **days)
    PriceListBuyer.objects.create(price_list=made, buyer=buyer)
    return made


def _tiers(listed: PriceList, line: ShelfLine) -> list[PriceRow]:
    return [_row(listed, line, PERCENT, Decimal(0)), _row(listed, line, MORE, FROM)]


def _row(listed: PriceList, line: ShelfLine, percent: Decimal, start: Decimal) -> PriceRow:
    each = less(line.price, percent).quantize(CENT)
    told = {"organization_id": listed.organization_id, "from_quantity": start, "price": each}
    return PriceRow(price_list=listed, product=line.product, **told)


def _pack(line: ShelfLine, case: int) -> PackRule:
    return PackRule(organization_id=line.organization_id, product=line.product, multiple=case)
