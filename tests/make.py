"""Rows for tests: a builder names only what matters to its test, keeps the tables' promises, and works in any scope."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import wraps
from hashlib import blake2b
from itertools import count
from secrets import token_bytes
from time import time

from django.db.models import F, Q
from django.utils import timezone

from apps.accounts import rules
from apps.accounts.actions import api_keys
from apps.accounts.models import (
    ApiKey,
    Authenticator,
    Connection,
    Credential,
    Invitation,
    License,
    Location,
    Membership,
    Organization,
    User,
)
from apps.catalog.models import (
    Brand,
    Category,
    PackRule,
    PriceList,
    PriceListBuyer,
    PriceRow,
    Product,
    ProductLink,
    ShelfLine,
    StockItem,
)
from apps.core.models import SyncRun, SyncStep
from apps.core.scope import everyone
from apps.orders.models import Order, OrderLine, TaxRule

PASSWORD = "a long enough password"
STEPS = ("fetch", "transform", "match", "compare", "update", "notify", "log")
_numbers = count(1)


def builder(make):
    """Rows of any organization can be made, whatever scope the test is in."""

    @wraps(make)
    def made(*args, **values):
        with everyone("test"):
            return make(*args, **values)

    return made


@builder
def organization(*, side="wholesaler", name=None) -> Organization:
    return Organization.objects.create(side=side, name=name or f"Company {next(_numbers)}")


@builder
def user(*, email=None, at=None, role="owner", staff=False, superuser=False, name="") -> User:
    """A person with `PASSWORD`; `at` is the organization they are a member of, as `role`."""
    person = User.objects.create_user(
        email or f"person{next(_numbers)}@reup.test", PASSWORD, name=name, is_staff=staff, is_superuser=superuser
    )
    if at:
        Membership.objects.create(user=person, organization=at, role=role)
    return person


@builder
def authenticator(user) -> Authenticator:
    """The person's authenticator in use; `code(device)` is what it shows."""
    found = Authenticator.objects.filter(user=user, confirmed=True).first()
    if found is None:
        found = Authenticator(user=user, name="authenticator")
        found.put(token_bytes(20))
        found.save(force_insert=True)
    return found


def code(device: Authenticator, *, seconds: int = 0) -> str:
    """What the phone shows now, or so many seconds later."""
    return device.shows(at=time() + seconds)


@builder
def location(
    *, organization=None, name=None, zone="America/Detroit", lsp=None, loc=None, key=None, **values
) -> Location:
    """`lsp` and `loc` are Dutchie's numbers; with a `key` the location has a sealed POS key."""
    number = next(_numbers)
    name = name or f"Site {number}"
    values.setdefault("slug", f"site-{number}")
    owner = organization or _organization()
    place = Location.objects.create(
        organization=owner, name=name, zone=zone, dutchie_lsp=lsp, dutchie_loc=loc, **values
    )
    if key:
        credential(location=place, key=key)
    return place


@builder
def credential(*, location, key, kind=Credential.Kind.DUTCHIE_POS) -> Credential:
    kept = Credential(organization=location.organization, location=location, kind=kind)
    kept.put(key)
    kept.save(force_insert=True)
    return kept


@builder
def sign_in(*, location, username="backoffice@tidewater.example", password="tide-pool-821") -> Credential:
    """A sign-in to the location's back office; the emulator's first day knows the one that is the default."""
    kept = Credential(organization=location.organization, location=location, kind=Credential.Kind.DUTCHIE_BACKOFFICE)
    kept.put_sign_in(username=username, password=password)
    kept.save(force_insert=True)
    return kept


@builder
def license(*, location, number=None, kind=None, days=365, **values) -> License:
    """A licence of the location that began a year ago and ends so many days from today."""
    today = rules.local_date(location.zone, timezone.now())
    return License.objects.create(
        organization=location.organization,
        location=location,
        number=number or f"AU-{next(_numbers):06}",
        kind=kind or ("processing" if location.organization.sells else "retail"),
        state=values.pop("state", "MI"),
        valid_from_date=values.pop("valid_from_date", today - timedelta(days=365)),
        valid_until_date=values.pop("valid_until_date", today + timedelta(days=days)),
        **values,
    )


@builder
def api_key(*, organization, by, scopes=("products:read",), name="Warehouse scanner", **values) -> tuple[ApiKey, str]:
    """A key and its text."""
    now = timezone.now()
    return api_keys.make_key(organization=organization, name=name, scopes=list(scopes), by=by, now=now, **values)


@builder
def invitation(*, organization, by, email=None, roles=None, **values) -> Invitation:
    """One that waits; its letter was not sent."""
    return Invitation.objects.create(
        organization=organization,
        email=email or f"asked{next(_numbers)}@reup.test",
        roles=roles or rules.usual_roles(organization.side, "viewer"),
        invited_by=by,
        expires_at=values.pop("expires_at", timezone.now() + timedelta(days=7)),
        **values,
    )


@builder
def connection(wholesaler, retailer, *, since_date=None) -> Connection:
    since_date = since_date or datetime.now(UTC).date()
    return Connection.objects.create(wholesaler=wholesaler, retailer=retailer, since_date=since_date)


@builder
def brand(*, organization, name=None) -> Brand:
    return Brand.objects.get_or_create(organization=organization, name=name or f"Brand {next(_numbers)}")[0]


@builder
def category(*, organization, name=None, form="jar") -> Category:
    name = name or f"Category {next(_numbers)}"
    return Category.objects.get_or_create(organization=organization, name=name, defaults={"form": form})[0]


@builder
def product(*, organization=None, name=None, sku=None, brand=None, category=None, **values) -> Product:
    """`brand` and `category` may be given by name."""
    number = next(_numbers)
    owner = organization or getattr(brand, "organization", None) or _organization()
    if isinstance(brand, str):
        brand = Brand.objects.get_or_create(organization=owner, name=brand)[0]
    if isinstance(category, str):
        category = Category.objects.get_or_create(organization=owner, name=category)[0]
    return Product.objects.create(
        organization=owner,
        name=name or f"Product {number}",
        sku=f"SKU-{number:04}" if sku is None else sku,
        brand=brand,
        category=category,
        **values,
    )


@builder
def link(*, product=None, organization=None, lsp=822, dutchie_product=None, method="sku", **values) -> ProductLink:
    """A link to `product`; without one it waits for staff."""
    owner = product.organization if product else organization or _organization()
    return ProductLink.objects.create(
        organization=owner,
        product=product,
        lsp=lsp,
        dutchie_product=dutchie_product or next(_numbers),
        state="linked" if product else "review",
        method=method if product else "review",
        source_name=values.pop("source_name", product.name if product else "A product nobody knows"),
        source_sku=values.pop("source_sku", product.sku if product else ""),
        reason=values.pop("reason", "The SKU is ours alone."),
        **values,
    )


@builder
def stock(*, location=None, product=None, link=None, quantity="10", price="12.50", **values) -> StockItem:
    """One package, and its shelf line brought up to date. Without product and link, a product is made."""
    place = location or _location(product)
    link = link or _link(product or globals()["product"](organization=place.organization), place)
    now = timezone.now()
    number = values.pop("inventory_id", None) or next(_numbers)
    defaults = {
        "organization": place.organization,
        "name": link.source_name,
        "sku": link.source_sku,
        "unit": "ea",
        "status": "Active",
        "batch": f"B-{number}",
        "digest": blake2b(str(number).encode(), digest_size=16).digest(),
        "run_id": 1,
        "created_at": now,
        "updated_at": now,
    }
    item = StockItem.objects.create(
        location=place,
        link=link,
        product=link.product,
        inventory_id=number,
        quantity=Decimal(quantity),
        price=Decimal(price),
        **defaults | values,
    )
    if item.product:
        _shelve(place, item.product, now)
    return item


@builder
def shelf_line(*, location=None, product=None, quantity="10", price="12.50", **values) -> ShelfLine:
    """A shelf line by way of one package that adds up to it."""
    item = stock(location=location, product=product, quantity=quantity, price=price, **values)
    return ShelfLine.objects.get(location=item.location, product=item.product)


@builder
def price_list(*, seller, buyers=(), rows=(), name=None, priority=None, **values) -> PriceList:
    """`rows` are (product, from quantity, price each)."""
    number = next(_numbers)
    priority = 1000 + number if priority is None else priority
    made = PriceList.objects.create(organization=seller, name=name or f"List {number}", priority=priority, **values)
    for buyer in buyers:
        PriceListBuyer.objects.create(price_list=made, buyer=buyer)
    for product, start, price in rows:
        PriceRow.objects.create(price_list=made, product=product, from_quantity=Decimal(start), price=Decimal(price))
    return made


@builder
def tax_rule(
    *, organization, name="Excise", percent="10", remits="SELLER", starts_date=date(2026, 1, 1), **values
) -> TaxRule:
    told = {"name": name, "percent": Decimal(percent), "remits": remits, "starts_date": starts_date}
    return TaxRule.objects.create(organization=organization, **told, **values)


@builder
def pack(*, product, minimum=None, multiple=None, price_list=None) -> PackRule:
    told = {"minimum": minimum and Decimal(minimum), "multiple": multiple and Decimal(multiple)}
    return PackRule.objects.create(organization=product.organization, product=product, price_list=price_list, **told)


def told_by_order(seller, buyer, site, place) -> dict:
    """What an order keeps of its sides."""
    told = {"seller_name": seller.name, "buyer_name": buyer.name, "site": site.name, "site_zone": site.zone}
    return told | {"site_license": site.license_number, "deliver_to": place.name, "deliver_zone": place.zone}


@builder
def order(*, seller, location, lines=(), state="PENDING", **values) -> Order:
    """An order as it would stand there, by no verb: no event, nothing held. `lines` are (shelf line, how much)."""
    now = timezone.now()
    site = lines[0][0].location if lines else seller.locations.first() or globals()["location"](organization=seller)
    told = told_by_order(seller, location.organization, site, location)
    values = {"number": f"T{next(_numbers)}", "moved_at": now} | told | values
    values |= {
        "lines_count": len(lines),
        "units": sum(Decimal(quantity) for _line, quantity in lines),
        "total": sum(line.price * Decimal(quantity) for line, quantity in lines),
    }
    made = Order.objects.create(
        seller=seller, buyer=location.organization, location=location, ships_from=site, state=state, **values
    )
    for position, (line, quantity) in enumerate(lines, 1):
        OrderLine.objects.create(
            order=made,
            seller=seller,
            buyer=location.organization,
            position=position,
            product=line.product,
            shelf_line=line,
            sku=line.product.sku,
            name=line.product.name,
            ordered=Decimal(quantity),
            price=line.price,
            total=line.price * Decimal(quantity),
        )
    return made


@builder
def run(*, location, state="completed", kind="inventory", started_at=None, seconds=3, steps=STEPS, **values) -> SyncRun:
    """A run with its steps; one that is `running` stands at its first."""
    started_at = started_at or timezone.now() - timedelta(minutes=1)
    ended = state != "running"
    made = SyncRun.objects.create(
        organization_id=location.organization_id,
        location_id=location.pk,
        location_name=location.name,
        kind=kind,
        state=state,
        started_at=started_at,
        finished_at=started_at + timedelta(seconds=seconds) if ended else None,
        **values,
    )
    for position, name in enumerate(steps if ended else steps[:1], 1):
        _step(made, position, name, _step_state(state, last=position == len(steps)))
    return made


def _step(run: SyncRun, position: int, name: str, state: str) -> None:
    SyncStep.objects.create(
        run=run,
        organization_id=run.organization_id,
        position=position,
        name=name,
        state=state,
        started_at=run.started_at,
        seconds=0.1,
        count=1,
    )


def _step_state(run_state: str, *, last: bool) -> str:
    if run_state == "running":
        return "running"
    return run_state if last and run_state in ("held", "failed") else "completed"


def _organization() -> Organization:
    return organization()


def _location(product) -> Location:
    return location(organization=product.organization if product else None)


def _link(product: Product, place: Location) -> ProductLink:
    lsp = place.dutchie_lsp or 822
    return ProductLink.objects.filter(product=product, lsp=lsp).first() or link(product=product, lsp=lsp)


def _shelve(place: Location, product: Product, now) -> None:
    """The line as the sum of the packages that may be sold; price and date of the one that expires first."""
    packages = StockItem.objects.filter(location=place, product=product, gone_at=None, quantity__gt=0)
    sold = packages.filter(Q(status="") | Q(status__iexact="active"))
    sold = list(sold.order_by(F("expires_date").asc(nulls_last=True), "inventory_id"))
    first = sold[0] if sold else None
    values = {
        "organization": place.organization,
        "quantity": sum((item.quantity for item in sold), Decimal(0)),
        "packages": len(sold),
        "changed_at": now,
    }
    if first:
        values |= {"price": first.price, "unit": first.unit, "best_before_date": first.expires_date}
        values |= {"potency": first.potency, "potency_unit": first.potency_unit}
    ShelfLine.objects.update_or_create(location=place, product=product, defaults=values)
