"""What a thing costs whom, on plain values: one price list by priority, a tier by quantity, the case it comes in."""

from .offer import Listed, Offer, Priced, Tier, offer
from .packs import Pack, QuantityRule, packed
from .words import told

__all__ = ["Listed", "Offer", "Pack", "Priced", "QuantityRule", "Tier", "offer", "packed", "told"]
