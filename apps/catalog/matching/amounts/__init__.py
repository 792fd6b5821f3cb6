"""What a name says about size: mass, dose, volume, count and other figures with a unit, each as all its readings."""

from .reading import Amounts, Readings, overlap, read

__all__ = ["Amounts", "Readings", "overlap", "read"]
