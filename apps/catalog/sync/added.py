"""Products, brands and categories that this run is the first to see."""

from apps.catalog import rules
from apps.catalog.models import Brand, Category, Product, ProductLink

from .work import InventoryWork


def add_products(work: InventoryWork) -> None:
    brands = _names(Brand, work, {row.brand for row in work.named.values()})
    categories = _names(Category, work, {row.category for row in work.named.values()})
    for product in work.new_products:
        row = work.named[product.pk]
        product.brand_id, product.category_id = brands.get(row.brand), categories.get(row.category)
    Product.objects.bulk_create(work.new_products, batch_size=1000)
    ProductLink.objects.bulk_create(work.new_links, batch_size=1000)


def _names(model, work: InventoryWork, names: set[str]) -> dict[str, int]:
    """Ids of brands or categories by name; those not there yet are made."""
    wanted, mine = names - {""}, model.objects.filter(organization_id=work.location.organization_id)
    if not wanted:
        return {}
    extra = (lambda name: {"form": rules.form_of(name)}) if model is Category else lambda name: {}
    new = wanted - set(mine.filter(name__in=wanted).values_list("name", flat=True))
    model.objects.bulk_create(
        [model(organization_id=work.location.organization_id, name=name, **extra(name)) for name in sorted(new)],
        ignore_conflicts=True,
    )
    return dict(mine.filter(name__in=wanted).values_list("name", "id"))
