"""Pages: the catalog of a wholesaler's location, and one product of it with its batches."""

from .product import detail
from .shelf import listing

__all__ = ["detail", "listing"]
