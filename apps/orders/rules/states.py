"""The words of an order: its states, and the axes that are none of them (features §3.2)."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where an order stands. PENDING is submitted and nobody's yet; in REVIEW a named person has it."""

    DRAFT = "DRAFT", _("Draft")
    PENDING = "PENDING", _("Submitted")
    REVIEW = "REVIEW", _("In review")
    COUNTERED = "COUNTERED", _("Change proposed")
    ACCEPTED = "ACCEPTED", _("Accepted")
    REJECTED = "REJECTED", _("Rejected")
    PREPARING = "PREPARING", _("Being prepared")
    SHIPPED = "SHIPPED", _("Shipped")
    DELIVERED = "DELIVERED", _("Delivered")
    CONFIRMED = "CONFIRMED", _("Confirmed")
    CANCELLED = "CANCELLED", _("Cancelled")
    RETURNED = "RETURNED", _("Returned")


ENDED = frozenset({State.REJECTED, State.CANCELLED, State.CONFIRMED, State.RETURNED})
WAITS_FOR_SELLER = frozenset({State.PENDING, State.REVIEW})
HAS_LEFT = frozenset({State.SHIPPED, State.DELIVERED, State.CONFIRMED, State.RETURNED})


class Payment(TextChoices):
    UNBILLED = "UNBILLED", _("Not billed")
    OPEN = "OPEN", _("Open")
    PARTIAL = "PARTIAL", _("Partly paid")
    PAID = "PAID", _("Paid")
    OVERDUE = "OVERDUE", _("Overdue")
    WRITTEN_OFF = "WRITTEN_OFF", _("Written off")


class Compliance(TextChoices):
    """What the state knows of it. ACKNOWLEDGED once the manifest number is known."""

    NOT_REQUIRED = "NOT_REQUIRED", _("Not filed")
    QUEUED = "QUEUED", _("Waits to be sent")
    SUBMITTED = "SUBMITTED", _("Sent")
    ACKNOWLEDGED = "ACKNOWLEDGED", _("Acknowledged")
    FAILED = "FAILED", _("Failed")
    VOIDED = "VOIDED", _("Voided")
    REJECTED = "REJECTED", _("Rejected by the state")


class OnShort(TextChoices):
    """What the retailer wants where not all of it is there; chosen at submit (features §3.5)."""

    ASK = "ASK", _("Ask me")
    SHIP_AVAILABLE = "SHIP_AVAILABLE", _("Ship what there is")
    CANCEL_LINE = "CANCEL_LINE", _("Leave the line out")


class Why(TextChoices):
    """Reasons a person can choose; the other side reads them."""

    OUT_OF_STOCK = "OUT_OF_STOCK", _("Out of stock")
    CREDIT = "CREDIT", _("Credit")
    LICENSE = "LICENSE", _("Licence")
    PRICE = "PRICE", _("Price")
    DELIVERY = "DELIVERY", _("Delivery cannot be made")
    DAMAGED = "DAMAGED", _("Damaged")
    CHANGED_MIND = "CHANGED_MIND", _("No longer wanted")
    MISTAKE = "MISTAKE", _("Ordered by mistake")
    OTHER = "OTHER", _("Other")
