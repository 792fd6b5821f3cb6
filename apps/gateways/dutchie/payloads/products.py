"""Product rows: what a product is, as /reporting/products and /products tell it. The UPC is only here."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from apps.gateways.dutchie.payloads.digest import digest_of
from apps.gateways.dutchie.payloads.rows import Read, read_rows
from apps.gateways.dutchie.payloads.shape import Shape

WIRE_NAMES = {
    "name": "productName",
    "brand": "brandName",
    "vendor": "vendorName",
    "unit_thc": "unitTHCContentDose",
    "unit_cbd": "unitCBDContentDose",
}


class ProductRow(Struct, frozen=True, gc=False):
    """One product: dollars and weights to four decimals, texts trimmed ("" where the POS says nothing),
    `unit_thc` and `unit_cbd` in milligrams a dose, moments in UTC. `product_id` is its key within an LSP."""

    product_id: int
    sku: str = ""
    upc: str = ""
    name: str = ""
    internal_name: str = ""
    online_title: str = ""
    alternate_name: str = ""
    regulatory_name: str = ""
    external_id: str = ""
    description: str = ""
    brand_id: int | None = None
    brand: str = ""
    vendor: str = ""
    category_id: int | None = None
    category: str = ""
    master_category: str = ""
    strain: str = ""
    strain_type: str = ""
    size: str = ""
    unit_type: str = ""
    net_weight: Decimal | None = None
    net_weight_unit: str = ""
    price: Decimal | None = None
    med_price: Decimal | None = None
    rec_price: Decimal | None = None
    pricing_tier_name: str = ""
    unit_thc: Decimal | None = None
    unit_cbd: Decimal | None = None
    serving_size_per_unit: int | None = None
    image_url: str = ""
    is_active: bool = True
    is_cannabis: bool = True
    is_coupon: bool = False
    is_test_product: bool = False
    is_finished: bool = False
    is_medical_only: bool = False
    online_available: bool | None = None
    allow_automatic_discounts: bool = False
    modified_at: datetime | None = None

    def digest(self) -> bytes:
        """16 bytes that change when anything but `modified_at` changes."""
        return digest_of(self)


SHAPE = Shape(ProductRow, names=WIRE_NAMES, key="product_id")


def read_products(body: bytes) -> Read[ProductRow]:
    """Every row of the page, the good ones as values, the others with all their reasons. Raises Unreachable
    when the body is no JSON list."""
    return read_rows(body, SHAPE)
