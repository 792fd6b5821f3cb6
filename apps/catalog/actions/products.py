"""A product of ours, made of what Dutchie says of one of theirs."""

from decimal import Decimal

from apps.catalog import rules
from apps.catalog.models import Brand, Category, Product, ProductLink


def make_product(link: ProductLink) -> Product:
    """Marked as looked at: the person who decides has just done so."""
    said = {name: link.source.get(name, "") for name in rules.SOURCE}
    owner = link.organization_id
    return Product.objects.create(
        organization_id=owner,
        sku=link.source_sku,
        upc=said["upc"],
        name=link.source_name or link.source_sku or f"Dutchie product {link.dutchie_product}",
        brand=_named(Brand, owner, said["brand"]),
        category=_named(Category, owner, said["category"], form=rules.form_of(said["category"])),
        strain=said["strain"],
        strain_type=said["strain_type"],
        size=said["size"],
        unit_weight=Decimal(said["weight"]) if said["weight"] else None,
        is_cannabis=said["is_cannabis"] != "no",
        image_url=said["image_url"],
    )


def _named(model, owner, name: str, **extra):
    return model.objects.get_or_create(organization_id=owner, name=name, defaults=extra)[0] if name else None
