"""Our transport manifest on paper."""

from .manifest import pdf

__all__ = ["pdf"]
