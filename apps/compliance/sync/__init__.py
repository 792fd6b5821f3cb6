"""Pulling METRC in: steps as a list one can read."""

from .pull import pull_mirror, pull_tags

__all__ = ["pull_mirror", "pull_tags"]
