"""Pulling METRC in: steps as a list one can read."""

from .pull import BUSY, Pulled, pull_mirror, pull_tags

__all__ = ["BUSY", "Pulled", "pull_mirror", "pull_tags"]
