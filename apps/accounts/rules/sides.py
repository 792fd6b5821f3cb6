"""The two sides of the trade, and the tiers by which routes are judged."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Side(TextChoices):
    WHOLESALER = "wholesaler", _("Wholesaler")
    RETAILER = "retailer", _("Retailer")


class Role(TextChoices):
    """A tier: how far a member gets at all. Their fine roles (`roles`) say what they do there."""

    OWNER = "owner", _("Owner")
    STAFF = "staff", _("Staff")
    BUYER = "buyer", _("Buyer")
    VIEWER = "viewer", _("Viewer")


RANKS = [Role.VIEWER, Role.BUYER, Role.STAFF, Role.OWNER]  # lowest first
