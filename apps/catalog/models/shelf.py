"""Named reads of the shelf: what is offered where, what filters leave of it, and how many each would leave."""

from datetime import date, timedelta
from decimal import Decimal

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db import models
from django.db.models import Count, Q, Value
from django.db.models.functions import Coalesce, Upper

from apps.accounts.rules import Side
from apps.core.scope import current

ALIKE = 0.35  # least word similarity of a suggested name; below it suggestions look random
SEARCHED = ("product__name", "product__sku", "product__brand__name", "product__strain")
AHEAD, BEHIND = date(9999, 12, 31), date(1, 1, 1)


def _said(words: str) -> Q:
    """Each word stands somewhere in name, SKU, brand or strain."""
    found = Q()
    for word in words.split():
        anywhere = Q()
        for field in SEARCHED:
            anywhere |= Q(**{f"{field}__icontains": word})
        found &= anywhere
    return found


def _stocked(wanted: list[str]) -> Q:
    if set(wanted) == {"in", "out"}:
        return Q()
    return Q(quantity__gt=0) if "in" in wanted else Q(quantity__lte=0)


def conditions(wanted: dict, today: date) -> dict[str, Q]:
    """Filter name → what it asks of a line; only of filters that are set. Prices are asked of `each` (`priced`)."""
    made = {
        "q": lambda value: _said(value),
        "stock": _stocked,
        "category": lambda value: Q(product__category__in=value),
        "brand": lambda value: Q(product__brand__in=value),
        "price_from": lambda value: Q(each__gte=value),
        "price_to": lambda value: Q(each__lte=value),
        "best_before": lambda value: Q(best_before_date__gt=today + timedelta(days=max(map(int, value)))),
    }
    return {name: make(wanted[name]) for name, make in made.items() if wanted.get(name) not in (None, "", [])}


def together(asked: dict[str, Q], *, but: str = "") -> Q:
    """All conditions at once; without one, to count what choosing it would leave."""
    return Q(*[condition for name, condition in asked.items() if name != but])


def sort_key(order: str):
    """The expression a sort goes by, never null: what has no price or date comes last either way."""
    down = order.startswith("-")
    return {
        "name": Upper("product__name"),
        "price": Coalesce("each", Value(Decimal(-1) if down else Decimal(10**10)), output_field=models.DecimalField()),
        "best-before": Coalesce("best_before_date", Value(BEHIND if down else AHEAD)),
        "stock": models.F("quantity"),
    }[order.removeprefix("-")]


class ShelfLineQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A member's own shelf, and of others what they list and what is open; row security picks the others."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(
            Q(organization=current().organization) | Q(product__is_listed=True, location__is_active=True)
        )

    def offered(self):
        """What a retailer may order from: listed products of wholesalers' active locations."""
        return self.filter(
            product__is_listed=True, location__is_active=True, location__organization__side=Side.WHOLESALER
        )

    def asked(self, *, location=None, product=None, in_stock=None, changed_since=None):
        """The API's filters; what is None is not asked."""
        wanted = {"location": location, "product": product, "changed_at__gte": changed_since}
        found = self.filter(**{name: value for name, value in wanted.items() if value is not None})
        return found if in_stock is None else found.filter(_stocked(["in" if in_stock else "out"]))

    def priced(self, each=None):
        """Annotated with `each`, the price that is shown: the shelf's own, or what the expression says."""
        return self.annotate(each=models.F("price") if each is None else each)

    def matching(self, asked: dict[str, Q], *, but: str = ""):
        return self.filter(together(asked, but=but))

    def sorted_by(self, order: str):
        """Annotated with the `key` that pages go by (apps/core/keyset.py)."""
        return self.annotate(key=sort_key(order))

    def told(self):
        """With all that a row of the list shows."""
        return self.select_related("product__brand", "product__category", "location")

    def figures(self, asked: dict[str, Q], today: date) -> dict[str, int]:
        """Counts in one read: `all`, `found`, and what each availability and best-before choice would leave."""
        stock, dated = together(asked, but="stock"), together(asked, but="best_before")
        return self.aggregate(
            all=Count("pk"),
            found=Count("pk", filter=together(asked)) if asked else Count("pk"),
            stock_in=Count("pk", filter=stock & Q(quantity__gt=0)),
            stock_out=Count("pk", filter=stock & Q(quantity__lte=0)),
            over_60=Count("pk", filter=dated & Q(best_before_date__gt=today + timedelta(days=60))),
            over_120=Count("pk", filter=dated & Q(best_before_date__gt=today + timedelta(days=120))),
        )

    def counted(self, group: str, asked: dict[str, Q]) -> list[dict]:
        """`[{key, word, count}]` by name: each brand or category of this shelf, and how many lines it would leave."""
        named = f"product__{group}"
        rest = together(asked, but=group)
        found = self.exclude(**{named: None}).values(key=models.F(named), word=models.F(f"{named}__name"))
        count = Count("pk", filter=rest) if rest else Count("pk")
        return list(found.annotate(count=count).order_by("word"))

    def nearest(self, words: str):
        """The line whose product name is most like what was typed, or None."""
        like = self.annotate(alike=TrigramWordSimilarity(words, "product__name")).filter(alike__gte=ALIKE)
        return like.order_by("-alike", "product__name").select_related("product").first()
