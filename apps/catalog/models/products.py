"""What a thing is: ours, whatever the POS calls it."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.catalog import rules
from apps.core.models import Named, Stamped
from apps.core.scope import current


class Brand(Stamped):
    organization = models.ForeignKey(Organization, models.CASCADE)
    name = models.CharField(max_length=250)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="brand_once")]

    def __str__(self) -> str:
        return self.name


class Category(Stamped):
    """A category as the POS writes it. `form` picks the drawing: one of `rules.Form`."""

    organization = models.ForeignKey(Organization, models.CASCADE)
    name = models.CharField(max_length=250)
    form = models.CharField(max_length=8, choices=rules.Form.choices, default=rules.Form.JAR)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "categories"
        constraints = [models.UniqueConstraint(fields=["organization", "name"], name="category_once")]

    def __str__(self) -> str:
        return self.name


class ProductQuerySet(models.QuerySet):
    def visible_to(self, user):
        """A member's own products, and what connected wholesalers list: the organizations of the scope."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(models.Q(organization=current().organization) | models.Q(is_listed=True))

    def asked(self, *, q=None, sku=None, changed_since=None):
        """The API's filters; what is None is not asked."""
        wanted = {"sku": sku, "updated_at__gte": changed_since}
        found = self.filter(**{name: value for name, value in wanted.items() if value is not None})
        return found.filter(models.Q(name__icontains=q) | models.Q(sku=q) | models.Q(upc=q)) if q else found


class Product(Named):
    """What it is: the seller's own record. `is_new` marks one made by a sync that no person has looked at yet."""

    organization = models.ForeignKey(Organization, models.CASCADE, related_name="products")
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    upc = models.CharField(_("UPC"), max_length=14, blank=True, help_text=_("14 digits, leading zeros kept"))
    name = models.CharField(max_length=400)
    brand = models.ForeignKey(Brand, models.PROTECT, null=True, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True)
    strain = models.CharField(max_length=250, blank=True)
    strain_type = models.CharField(max_length=250, blank=True)
    size = models.CharField(max_length=250, blank=True)
    unit_weight = models.DecimalField(_("weight, grams"), max_digits=12, decimal_places=4, null=True, blank=True)
    is_cannabis = models.BooleanField(default=True)
    image_url = models.URLField(max_length=2000, blank=True)
    description = models.TextField(blank=True)
    is_new = models.BooleanField(_("new, not looked at"), default=False)
    is_listed = models.BooleanField(_("shown to retailers"), default=True)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["id", "organization"], name="product_of_its_organization"),
        ]
        indexes = [
            models.Index(fields=["organization", "sku"], name="product_by_sku"),
            models.Index(fields=["organization", "upc"], name="product_by_upc", condition=~models.Q(upc="")),
            models.Index(fields=["organization", "name", "id"], name="product_by_name"),
            GinIndex(OpClass(Upper("name"), name="gin_trgm_ops"), name="product_by_name_part"),
        ]

    def __str__(self) -> str:
        return self.name
