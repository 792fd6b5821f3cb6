"""An order and its lines. Both sides see one row; drafts are their maker's alone."""

from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Location, Organization, User
from apps.accounts.rules import Side
from apps.catalog.models import Product, ShelfLine
from apps.core.models import Named
from apps.core.scope import current
from apps.orders import rules

QUANTITY = {"max_digits": 14, "decimal_places": 4, "default": 0}
MONEY = {"max_digits": 14, "decimal_places": 2, "default": 0}
PRICE = {"max_digits": 14, "decimal_places": 4, "default": 0}
MOST = 10**10
IS_BACKORDER = Q(backorder_of__isnull=False)


class OrderQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Orders of the scope's organization, on either side; a draft only where it is made."""
        mine = current().organization
        if not user.is_authenticated or mine is None:
            return self.none()
        other_side = Q(drafted_by=Side.RETAILER, seller=mine) | Q(drafted_by=Side.WHOLESALER, buyer=mine)
        return self.filter(Q(seller=mine) | Q(buyer=mine), deleted_at=None).exclude(
            Q(state=rules.State.DRAFT) & other_side
        )

    def with_all(self):
        """With what an order is shown with; so many queries whatever their number."""
        return self.select_related("backorder_of").prefetch_related("lines", "proposals")

    def next_number(self) -> str:
        """What the next order is called; a number that was drawn for nothing is not given out again."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT nextval('orders_number')")
            return str(cursor.fetchone()[0])

    def locked(self, pk):
        """The order's row until the transaction ends; everything that moves it goes through here."""
        return self.select_for_update(no_key=True, of=("self",)).get(pk=pk)


class Order(Named):
    """A retailer's order of a wholesaler. `state` and `version` are moved by `actions.transition` alone.

    `number` is what people call it, from creation. `drafted_by` is the side that made it: a wholesaler's draft is
    proposed to the retailer. The `_at` and `_by` of each move are in its events. Who trades, where it comes
    from and where it goes are kept as they were (`seller_name`, `site` and `deliver_to` with their zones and licences):
    an order outlives the connection by which one side reads the other's rows. A join to those would lose the order.
    `price_until` is how long a backorder's prices hold; any other order keeps the prices it was submitted at.
    """

    number = models.CharField(max_length=20, unique=True, editable=False)
    state = models.CharField(max_length=9, choices=rules.State.choices, default=rules.State.DRAFT)
    version = models.PositiveIntegerField(default=1)
    seller = models.ForeignKey(Organization, models.PROTECT, related_name="sales", db_index=False)
    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="purchases", db_index=False)
    location = models.ForeignKey(Location, models.PROTECT, related_name="deliveries")
    ships_from = models.ForeignKey(Location, models.PROTECT, related_name="shipments")
    seller_name = models.CharField(max_length=120, default="", editable=False)
    buyer_name = models.CharField(max_length=120, default="", editable=False)
    site = models.CharField(max_length=120, default="", editable=False)
    site_license = models.CharField(max_length=40, default="", editable=False)
    site_zone = models.CharField(max_length=40, default="UTC", editable=False)
    deliver_to = models.CharField(max_length=120, blank=True)
    deliver_license = models.CharField(max_length=40, blank=True)
    deliver_zone = models.CharField(max_length=40, default="UTC")
    deliver_state = models.CharField(max_length=2, default="", editable=False)
    drafted_by = models.CharField(max_length=12, choices=Side.choices, default=Side.RETAILER)
    title = models.CharField(_("name of the draft"), max_length=80, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    currency = models.CharField(max_length=3, default="USD")
    total = models.DecimalField(**MONEY)
    tax = models.DecimalField(**MONEY)
    units = models.DecimalField(**QUANTITY)
    lines_count = models.PositiveIntegerField(default=0)

    terms = models.CharField(max_length=12, blank=True)
    on_short = models.CharField(max_length=14, choices=rules.OnShort.choices, default=rules.OnShort.ASK)
    po_number = models.CharField(_("PO number"), max_length=40, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    deliver_from = models.DateTimeField(null=True, blank=True)
    deliver_until = models.DateTimeField(null=True, blank=True)
    cut_off_at = models.DateTimeField(null=True, blank=True)
    terms_read_by = models.CharField(max_length=200, blank=True)

    hold_until = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    claimed_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateTimeField(null=True, blank=True)
    reason_code = models.CharField(max_length=14, choices=rules.Why.choices, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    cancelled_by = models.CharField(max_length=12, blank=True)

    payment = models.CharField(max_length=12, choices=rules.Payment.choices, default=rules.Payment.UNBILLED)
    compliance = models.CharField(
        max_length=12, choices=rules.Compliance.choices, default=rules.Compliance.NOT_REQUIRED
    )
    manifest_number = models.CharField(max_length=60, blank=True)
    manifest_version = models.PositiveIntegerField(default=0)
    tracking = models.CharField(max_length=200, blank=True)
    expected_at = models.DateTimeField(null=True, blank=True)
    signed_by = models.CharField(max_length=200, blank=True)

    hold_expired = models.BooleanField(default=False)
    short = models.BooleanField(default=False)
    disputed = models.BooleanField(default=False)
    cancel_requested = models.BooleanField(default=False)
    on_credit_hold = models.BooleanField(default=False)

    backorder_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="backorders")
    price_until = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    moved_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(seller=F("buyer")), name="order_between_two"),
            models.CheckConstraint(condition=Q(total__gte=0, total__lte=MOST * 100), name="order_total_in_bounds"),
            models.CheckConstraint(condition=Q(tax__gte=0, tax__lte=F("total")), name="order_tax_in_bounds"),
            models.CheckConstraint(condition=Q(deleted_at=None) | Q(state="DRAFT"), name="only_drafts_are_deleted"),
            models.CheckConstraint(
                condition=~Q(state="REVIEW") | Q(reviewer__isnull=False) | Q(claimed_at__isnull=False),
                name="review_is_somebodys",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "state", "moved_at"], name="order_desk"),
            models.Index(fields=["seller", "-created_at", "-id"], name="order_of_seller"),
            models.Index(fields=["buyer", "-created_at", "-id"], name="order_of_buyer"),
            models.Index(fields=["buyer", "state", "moved_at"], name="order_of_buyer_by_state"),
            models.Index(fields=["seller", "updated_at", "id"], name="order_of_seller_by_change"),
            models.Index(fields=["buyer", "updated_at", "id"], name="order_of_buyer_by_change"),
            *[
                models.Index(fields=[side, "-created_at", "-id"], name=f"backorder_of_{side}", condition=IS_BACKORDER)
                for side in ("seller", "buyer")
            ],
            models.Index(
                fields=["moved_at"],
                name="order_with_a_clock",
                condition=Q(state__in=["PENDING", "REVIEW", "COUNTERED", "DELIVERED"]),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def seen_to_by(self, *, halved: bool = False):
        """Until when the seller should have seen to it (features §6.3); None where nobody waits for the seller, nor for
        a backorder whose goods have not come."""
        if self.backorder_of_id and self.hold_expired:
            return None
        marks = {"disputed": self.disputed, "cancel_requested": self.cancel_requested}
        return rules.seen_to_by(self.state, self.moved_at, self.site_zone, **marks, halved=halved)

    def pressing(self, now) -> str:
        """`bad` when it is late, `warn` past the half of its time, "" before."""
        if (by := self.seen_to_by()) is None:
            return ""
        return "bad" if now > by else "warn" if now > self.seen_to_by(halved=True) else ""

    @property
    def topic(self) -> str:
        return f"order.{self.number}"

    @property
    def subtotal(self):
        """What the goods cost; `total` is what is owed for them, with `tax`."""
        return self.total - self.tax


class OrderLine(Named):
    """So much of a product. What it is called and costs is kept as it was; `why` is how the price came about,
    `taxes` the rates on it; `total` is what it costs before them, `tax` what the seller charges besides.

    `ordered ≥ accepted ≥ shipped ≥ received` once each is known; before that they are 0.
    """

    order = models.ForeignKey(Order, models.CASCADE, related_name="lines", db_index=False)
    seller = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    product = models.ForeignKey(Product, models.PROTECT, related_name="order_lines")
    shelf_line = models.ForeignKey(ShelfLine, models.PROTECT, related_name="order_lines")
    sku = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=400)
    unit = models.CharField(max_length=250, blank=True)
    ordered = models.DecimalField(**QUANTITY)
    accepted = models.DecimalField(**QUANTITY)
    backordered = models.DecimalField(**QUANTITY)
    shipped = models.DecimalField(**QUANTITY)
    received = models.DecimalField(**QUANTITY)
    returned = models.DecimalField(**QUANTITY)
    price = models.DecimalField(**PRICE)
    why = models.JSONField(default=list)
    total = models.DecimalField(**MONEY)
    taxes = models.JSONField(default=list)
    tax = models.DecimalField(**MONEY)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="position_once_an_order"),
            models.CheckConstraint(
                condition=Q(ordered__gt=0, ordered__lte=MOST, price__gte=0, price__lte=MOST, total__gte=0),
                name="order_line_in_bounds",
            ),
            models.CheckConstraint(condition=Q(tax__gte=0, tax__lte=MOST), name="order_line_tax_in_bounds"),
            models.CheckConstraint(
                condition=Q(
                    accepted__gte=0,
                    accepted__lte=F("ordered"),
                    shipped__gte=0,
                    shipped__lte=F("accepted"),
                    received__gte=0,
                    received__lte=F("shipped"),
                    returned__gte=0,
                    returned__lte=F("shipped"),
                    backordered__gte=0,
                    backordered__lte=F("ordered"),
                ),
                name="order_line_steps_down",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ordered.normalize():f} × {self.name}"

    @property
    def with_buyer(self):
        """What arrived and has not gone back."""
        return self.shipped - self.returned

    @property
    def counts(self):
        """How much of it is billed and shown as the line's: the latest quantity known."""
        states = rules.State
        if self.order.state in rules.HAS_LEFT:
            return self.shipped
        return self.accepted if self.order.state in (states.ACCEPTED, states.PREPARING) else self.ordered
