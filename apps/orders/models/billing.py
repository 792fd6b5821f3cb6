"""Invoices, what was paid on them and what was taken off. The seller writes them by verbs, both sides read them."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Organization
from apps.core.models import Named
from apps.core.scope import current
from apps.orders.rules.billing import CLOSED, UNPAID, InvoiceState, Method
from apps.orders.rules.terms import Due

from .orders import MOST, Order, OrderLine
from .terms import MONEY


class BetweenTwo(models.Model):
    """A row of two organizations: the seller's, read by the buyer."""

    seller = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey(Organization, models.PROTECT, related_name="+", db_index=False)

    class Meta:
        abstract = True


class InvoiceQuerySet(models.QuerySet):
    def visible_to(self, user):
        """The scope's organization's, on either side."""
        mine = current().organization
        if not user.is_authenticated or mine is None:
            return self.none()
        return self.filter(Q(seller=mine) | Q(buyer=mine))

    def owed(self):
        """Annotated with `owed`: what is still to be paid, below zero where a credit came after the money."""
        return self.annotate(owed=F("total") - F("paid") - F("credited"))

    def counted(self):
        """Those that stand in the books: neither void nor written off."""
        return self.exclude(state__in=CLOSED)

    def unpaid(self):
        return self.filter(state__in=UNPAID)

    def standing(self, order):
        """The order's invoice that is not void, or none."""
        return self.filter(order=order).exclude(state=InvoiceState.VOID).first()

    def locked(self, pk):
        return self.select_for_update(no_key=True, of=("self",)).get(pk=pk)


class Invoice(Named, BetweenTwo):
    """What a shipped order costs. `paid` and `credited` are the sums of its payments and credit notes; `due_date` is
    set by delivery. A void one stays, and its order may get another. Both sides' names are kept as they were: a debt
    outlives the connection by which one side sees the other."""

    number = models.CharField(max_length=30, unique=True)
    seller_name = models.CharField(max_length=120, default="")
    buyer_name = models.CharField(max_length=120, default="")
    order = models.ForeignKey(Order, models.PROTECT, related_name="invoices", db_index=False)
    state = models.CharField(max_length=12, choices=InvoiceState.choices, default=InvoiceState.OPEN)
    terms = models.CharField(max_length=8, choices=Due.choices, default=Due.COD)
    issued_at = models.DateTimeField()
    due_date = models.DateField(null=True)
    currency = models.CharField(max_length=3, default="USD")
    total = models.DecimalField(**MONEY)
    tax = models.DecimalField(**MONEY, default=0)
    paid = models.DecimalField(**MONEY, default=0)
    credited = models.DecimalField(**MONEY, default=0)
    ended_at = models.DateTimeField(_("voided or written off"), null=True)
    ended_by = models.CharField(max_length=200, blank=True)
    reason = models.CharField(max_length=400, blank=True)
    asked_by = models.CharField(_("write-off asked by"), max_length=200, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], name="one_standing_invoice", condition=~Q(state="VOID")),
            models.CheckConstraint(
                condition=Q(total__gte=0, total__lte=MOST * 100)
                & Q(paid__gte=0, paid__lte=F("total"))
                & Q(credited__gte=0, credited__lte=F("total")),
                name="invoice_in_bounds",
            ),
            models.CheckConstraint(condition=Q(tax__gte=0, tax__lte=F("total")), name="invoice_tax_in_bounds"),
        ]
        indexes = [
            models.Index(fields=["order"], name="invoice_by_order"),
            models.Index(fields=["seller", "state", "due_date"], name="invoice_desk"),
            models.Index(fields=["buyer", "seller", "state"], name="invoice_between"),
            models.Index(fields=["buyer", "state"], name="invoice_of_buyer_by_state"),
            models.Index(fields=["buyer", "-issued_at", "-id"], name="invoice_of_buyer"),
            models.Index(fields=["seller", "-issued_at", "-id"], name="invoice_of_seller"),
            models.Index(fields=["due_date"], name="invoice_to_fall_due", condition=Q(state__in=["OPEN", "PARTIAL"])),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def subtotal(self):
        return self.total - self.tax

    @property
    def balance(self):
        """Still owed; below zero where a credit came after the money."""
        return self.total - self.paid - self.credited


class InvoiceLine(BetweenTwo):
    """So much of a product, as it was shipped: kept, whatever becomes of the order's line. `total` is before tax."""

    invoice = models.ForeignKey(Invoice, models.CASCADE, related_name="lines")
    line = models.ForeignKey(OrderLine, models.PROTECT, related_name="+", db_index=False)
    position = models.PositiveIntegerField()
    sku = models.CharField(max_length=100, blank=True)
    name = models.CharField(max_length=400)
    unit = models.CharField(max_length=250, blank=True)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    price = models.DecimalField(max_digits=14, decimal_places=4)
    total = models.DecimalField(**MONEY)
    taxes = models.JSONField(default=list)
    tax = models.DecimalField(**MONEY, default=0)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="position_once_an_invoice"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, quantity__lte=MOST, price__gte=0, price__lte=MOST, total__gte=0),
                name="invoice_line_in_bounds",
            ),
            models.CheckConstraint(condition=Q(tax__gte=0, tax__lte=MOST), name="invoice_line_tax_in_bounds"),
        ]

    def __str__(self) -> str:
        return f"{self.quantity.normalize():f} × {self.name}"


class Payment(BetweenTwo):
    """Money that came for an invoice. Added, never changed."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="payments")
    amount = models.DecimalField(**MONEY)
    received_date = models.DateField()
    method = models.CharField(max_length=8, choices=Method.choices)
    reference = models.CharField(max_length=80, blank=True)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST * 100), name="payment_in_bounds"),
            models.UniqueConstraint(
                fields=["invoice", "method", "reference"], name="reference_once", condition=~Q(reference="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} ({self.get_method_display()})"


class CreditNote(BetweenTwo):
    """What was taken off an invoice, and why. `lines` are `{line, name, quantity, price, total}` as text; none where
    the amount stands for no goods."""

    number = models.CharField(max_length=40, unique=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="credits")
    amount = models.DecimalField(**MONEY)
    reason = models.CharField(max_length=400)
    lines = models.JSONField(default=list)
    by = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST * 100), name="credit_in_bounds")
        ]

    def __str__(self) -> str:
        return self.number
