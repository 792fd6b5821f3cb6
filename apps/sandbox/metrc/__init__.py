"""METRC, played from its own wire (web API v2), with the people who use its web site."""

from .metrc import Metrc

__all__ = ["Metrc"]
