"""What of the stock is promised to orders, row by row; and what has left it before the POS says so."""

from django.db import models
from django.db.models import Q

from apps.accounts.models import Organization
from apps.catalog import rules

from .stock import QUANTITY, ShelfLine, StockItem


class ReservationQuerySet(models.QuerySet):
    def standing(self):
        """Those that keep others from the goods."""
        return self.filter(state__in=Reservation.STANDING)

    def of(self, order):
        return self.filter(order=order)


class Reservation(models.Model):
    """Goods promised to a line of an order: held by product, allocated by package, then consumed or released.

    `order` and `line` are ids of the floor above. A shelf line's `held` and `allocated` are the sums of these rows,
    changed in the same statement; `check_invariants` and the reconciler compare them.
    """

    class State(models.TextChoices):
        HELD = "HELD"
        ALLOCATED = "ALLOCATED"
        CONSUMED = "CONSUMED"
        RELEASED = "RELEASED"

    STANDING = (State.HELD, State.ALLOCATED)

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    shelf_line = models.ForeignKey(ShelfLine, models.PROTECT, related_name="reservations", db_index=False)
    package = models.ForeignKey(StockItem, models.PROTECT, null=True, related_name="reservations", db_index=False)
    order = models.UUIDField()
    line = models.UUIDField()
    quantity = models.DecimalField(**QUANTITY)
    state = models.CharField(max_length=9, choices=State.choices)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = ReservationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, quantity__lte=rules.MOST), name="reserved_in_bounds"),
            models.CheckConstraint(
                condition=Q(state__in=["HELD", "RELEASED"]) | Q(package__isnull=False), name="allocated_by_package"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["HELD", "ALLOCATED"], ended_at=None)
                | Q(state__in=["CONSUMED", "RELEASED"], ended_at__isnull=False),
                name="reservation_ends_once",
            ),
        ]
        indexes = [
            models.Index(fields=["order"], name="reservation_by_order"),
            models.Index(
                fields=["shelf_line"], name="reservation_by_shelf", condition=Q(state__in=["HELD", "ALLOCATED"])
            ),
            models.Index(fields=["package"], name="reservation_by_package", condition=Q(state="ALLOCATED")),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} {self.state.lower()} of {self.shelf_line_id}"


class StockIssue(models.Model):
    """Goods that left with an order. Until the POS has seen it, it still counts them: `until_quantity` is what the
    package must have come down to, and until then the shelf line keeps them apart as `leaving`.

    A smaller drop settles nothing: it may be another sale, and then these goods would be offered twice.
    """

    class Kind(models.TextChoices):
        SHIPPED = "SHIPPED"
        TAKEN_BACK = "TAKEN_BACK"  # the van had not left

    id = models.BigAutoField(primary_key=True)
    organization = models.ForeignKey(Organization, models.CASCADE, db_index=False)
    shelf_line = models.ForeignKey(ShelfLine, models.PROTECT, db_index=False)
    package = models.ForeignKey(StockItem, models.PROTECT, db_index=False)
    order = models.UUIDField(db_index=True)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.SHIPPED)
    quantity = models.DecimalField(**QUANTITY)
    until_quantity = models.DecimalField(**QUANTITY)
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0, quantity__lte=rules.MOST), name="issued_in_bounds")
        ]
        indexes = [models.Index(fields=["package"], name="issue_unseen", condition=Q(seen_at=None))]

    def __str__(self) -> str:
        return f"{self.quantity} of package {self.package_id}"
