"""Pulling METRC in: steps as a list one can read."""

from .pull import pull_mirror

__all__ = ["pull_mirror"]
