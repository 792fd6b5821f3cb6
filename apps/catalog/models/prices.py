"""What the seller asks of whom: price lists with tiers by quantity, made for named buyers; in what packs it sells."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.catalog import rules
from apps.core.models import Named, Stamped

from .products import Product
from .stock import PRICE, QUANTITY


def holds_on(on, prefix: str = "") -> Q:
    """Lists in force on a day; `prefix` leads to the list from the row that is filtered."""
    begun = Q(**{f"{prefix}starts_date": None}) | Q(**{f"{prefix}starts_date__lte": on})
    ended = Q(**{f"{prefix}ends_date__lt": on})
    return Q(**{f"{prefix}is_active": True}) & begun & ~ended


def first_price(buyer, on):
    """Of a shelf line: the first step of its ladder for the buyer, as `Offer.first` finds it; for sorts and filters."""
    rows = PriceRow.objects.filter(
        holds_on(on, "price_list__"), price_list__buyers__buyer=buyer, product=OuterRef("product")
    )
    first = rows.order_by("price_list__priority", "from_quantity")
    from_any = first.annotate(first=Case(When(from_quantity=0, then=F("price"))))
    return Coalesce(Subquery(from_any.values("first")[:1]), F("price"), Subquery(first.values("price")[:1]))


class PriceList(Named):
    """Prices a seller made for the buyers it names. Where several price a product, the lowest `priority` decides."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="price_lists")
    name = models.CharField(max_length=80)
    priority = models.PositiveSmallIntegerField(
        default=100, help_text=_("Where several lists price a product for a buyer, the lowest number decides.")
    )
    currency = models.CharField(max_length=3, default="USD", editable=False)
    starts_date = models.DateField(_("from"), null=True, blank=True)
    ends_date = models.DateField(_("until, that day included"), null=True, blank=True)
    is_active = models.BooleanField(_("in force"), default=True)

    class Meta:
        ordering = ["priority"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "priority"],
                name="one_list_a_priority",
                violation_error_message=_("Another list has this priority; one list has to go first."),
            ),
            models.UniqueConstraint(fields=["id", "organization"], name="list_of_its_organization"),
            models.CheckConstraint(
                condition=Q(starts_date=None) | Q(ends_date=None) | Q(ends_date__gte=F("starts_date")),
                name="list_ends_after_it_starts",
                violation_error_message=_("It ends before it starts."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class OfList(Stamped):
    """A row of a price list: its organization is the list's."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+", editable=False)

    class Meta:
        abstract = True

    def save(self, **options):
        self.organization_id = self.organization_id or self.price_list.organization_id
        super().save(**options)


class PriceListBuyer(OfList):
    """A buyer the list is made for. Nobody else learns of it."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="buyers")
    buyer = models.ForeignKey(Organization, models.CASCADE, related_name="+")

    class Meta:
        verbose_name = _("buyer")
        constraints = [models.UniqueConstraint(fields=["price_list", "buyer"], name="list_once_a_buyer")]

    def __str__(self) -> str:
        return str(self.buyer)


class PriceRow(OfList):
    """What a list asks each for a product, from a quantity on (in the product's unit)."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="rows")
    product = models.ForeignKey(Product, models.CASCADE, related_name="list_prices")
    from_quantity = models.DecimalField(
        _("from"), **QUANTITY, default=0, help_text=_("Units from which this price holds; 0 for any quantity.")
    )
    price = models.DecimalField(_("price each"), **PRICE)

    class Meta:
        ordering = ["product", "from_quantity"]
        verbose_name = _("price")
        constraints = [
            models.UniqueConstraint(fields=["price_list", "product", "from_quantity"], name="one_price_a_tier"),
            models.CheckConstraint(
                condition=Q(price__gte=0, price__lte=rules.MOST)
                & Q(from_quantity__gte=0, from_quantity__lte=rules.MOST),
                name="list_numbers_in_bounds",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.price}"

    def clean(self):
        super().clean()
        owner = self.price_list.organization_id  # none yet while a new list is being written
        if owner and self.product_id and self.product.organization_id != owner:
            raise ValidationError({"product": _("This product is another company's.")})


class PackRule(Stamped):
    """In what quantities a product is sold: for everybody, or, with a price list, for that list's buyers. What a list
    leaves empty, the rule for everybody says."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="+")
    product = models.ForeignKey(Product, models.CASCADE, related_name="packs")
    price_list = models.ForeignKey(
        PriceList, models.CASCADE, null=True, blank=True, related_name="packs", verbose_name=_("only for the list")
    )
    minimum = models.DecimalField(_("least, units"), **QUANTITY, null=True, blank=True)
    multiple = models.DecimalField(_("case of, units"), **QUANTITY, null=True, blank=True)

    class Meta:
        verbose_name = _("pack")
        constraints = [
            models.UniqueConstraint(fields=["product", "price_list"], name="one_pack_a_list", nulls_distinct=False),
            models.CheckConstraint(
                condition=(Q(minimum=None) | Q(minimum__gt=0, minimum__lte=rules.MOST))
                & (Q(multiple=None) | Q(multiple__gt=0, multiple__lte=rules.MOST))
                & (Q(minimum__isnull=False) | Q(multiple__isnull=False)),
                name="pack_numbers_in_bounds",
                violation_error_message=_("Say a least quantity, a case size, or both; more than 0."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product}: {self.multiple or self.minimum}"

    def clean(self):
        super().clean()
        for name in ("product", "price_list"):
            told = getattr(self, name, None)
            if told and self.organization_id and told.organization_id != self.organization_id:
                raise ValidationError({name: _("This is another company's.")})
