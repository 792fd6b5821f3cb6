"""How much lies where: packages as the POS counts them, and the shelf line that retailers read."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location, Organization
from apps.catalog import rules
from apps.core.models import Named

from .links import ProductLink
from .products import Product
from .shelf import ShelfLineQuerySet

QUANTITY = {"max_digits": 14, "decimal_places": 4}
PRICE = {"max_digits": 14, "decimal_places": 4}


def within(*fields: str) -> Q:
    """A bound from both sides: PostgreSQL's numeric sorts NaN above every number, so a lower bound alone lets it in."""
    allowed = Q()
    for field in fields:
        allowed &= Q(**{f"{field}__isnull": True}) | Q(**{f"{field}__gte": 0, f"{field}__lte": rules.MOST})
    return allowed


class StockItemQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self if user.is_authenticated else self.none()

    def present(self):
        return self.filter(gone_at=None)

    def for_sale(self):
        """What a shelf line sums, in the order it is to be taken: the package that expires first, first."""
        active = Q(status="") | Q(status__iexact="active")
        return self.present().filter(active, quantity__gt=0).order_by(F("expires_date").asc(nulls_last=True), "id")


class StockItem(models.Model):
    """One package (batch) at a location, as the POS last told it. Written by the sync in bulk; never deleted.

    Key: location and Dutchie's inventory id. `product` is empty while its link waits for staff; `digest` tells whether
    a row changed, `fingerprint` whether it even looks different (then it isn't read at all).
    """

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, models.CASCADE)
    location = models.ForeignKey(Location, models.CASCADE, related_name="stock", db_index=False)
    inventory_id = models.BigIntegerField(_("Dutchie inventory id"))
    link = models.ForeignKey(ProductLink, models.PROTECT, related_name="stock", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, null=True, related_name="stock")
    name = models.CharField(max_length=400)
    sku = models.CharField(max_length=100, blank=True)
    quantity = models.DecimalField(**QUANTITY)
    unit = models.CharField(max_length=250, blank=True)
    allocated = models.DecimalField(**QUANTITY, null=True)
    unit_cost = models.DecimalField(**PRICE, null=True)
    price = models.DecimalField(**PRICE)
    med_price = models.DecimalField(**PRICE, null=True)
    rec_price = models.DecimalField(**PRICE, null=True)
    batch = models.CharField(max_length=250, blank=True)
    package_id = models.CharField(max_length=250, blank=True)
    tag = models.CharField(_("METRC tag"), max_length=250, blank=True)
    status = models.CharField(max_length=250, blank=True)
    lab_status = models.CharField(max_length=250, blank=True)
    lab_url = models.CharField(max_length=2000, blank=True)
    potency = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    potency_unit = models.CharField(max_length=250, blank=True)
    labs = models.JSONField(default=list)
    tested_date = models.DateField(null=True)
    packaged_date = models.DateField(null=True)
    expires_date = models.DateField(null=True)
    digest = models.BinaryField()
    fingerprint = models.BinaryField(default=bytes)
    run_id = models.BigIntegerField()
    gone_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    objects = StockItemQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "inventory_id"], name="package_once_a_location"),
            models.CheckConstraint(
                condition=within("quantity", "allocated", "unit_cost", "price", "med_price", "rec_price", "potency"),
                name="stock_numbers_in_bounds",
            ),
        ]
        indexes = [
            models.Index(fields=["location", "product"], name="stock_by_product"),
            models.Index(fields=["link"], name="stock_by_link"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.batch}"


class ShelfLine(Named):
    """One product at one location: the sum of its packages that may be sold, kept in the packages' own transaction.

    `price` and `best_before_date` are those of the package that expires first, the one to be taken first. Of
    `quantity`, what is `held` or `allocated` is promised to orders; `leaving` has been shipped and the POS counts it
    still; `safety` is kept back by staff. `available` is what nobody has a claim on: below zero where the POS took away
    promised goods.
    """

    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    location = models.ForeignKey(Location, models.CASCADE, related_name="shelf", db_index=False)
    product = models.ForeignKey(Product, models.CASCADE, related_name="shelf")
    quantity = models.DecimalField(**QUANTITY, default=0)
    unit = models.CharField(max_length=250, blank=True)
    packages = models.PositiveIntegerField(default=0)
    price = models.DecimalField(**PRICE, null=True)
    potency = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    potency_unit = models.CharField(max_length=250, blank=True)
    best_before_date = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    run_id = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()
    held = models.DecimalField(**QUANTITY, default=0, db_default=0)
    allocated = models.DecimalField(**QUANTITY, default=0, db_default=0)
    leaving = models.DecimalField(**QUANTITY, default=0, db_default=0)
    safety = models.DecimalField(_("kept back"), **QUANTITY, default=0, db_default=0)

    objects = ShelfLineQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["location", "product"], name="line_once_a_shelf"),
            models.CheckConstraint(condition=within("quantity", "price"), name="shelf_numbers_in_bounds"),
            models.CheckConstraint(
                condition=within("held", "allocated", "leaving", "safety"), name="promised_numbers_in_bounds"
            ),
        ]
        indexes = [models.Index(fields=["organization", "product"], name="shelf_by_organization")]

    def __str__(self) -> str:
        return f"{self.product}: {self.quantity}"

    @property
    def available(self):
        return self.quantity - self.held - self.allocated - self.leaving - self.safety
