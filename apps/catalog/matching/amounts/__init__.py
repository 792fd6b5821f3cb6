"""What a name says about size: mass, dose, volume, count and other figures with a unit, each as all its readings."""

from .reading import Amounts, Readings, compatible, overlap, read

__all__ = ["Amounts", "Readings", "compatible", "overlap", "read"]
