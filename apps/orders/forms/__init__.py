"""Shapes in: drafts as forms send them, and lists of SKUs and quantities typed, pasted or uploaded."""

from .drafts import Add, Details, NewDraft, Submit

__all__ = ["Add", "Details", "NewDraft", "Submit"]
