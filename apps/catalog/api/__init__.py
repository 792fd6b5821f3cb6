"""JSON, for programs: products, shelves, matches that wait, and runs."""

from .reviews import Decisions, OneReview, Reviews
from .runs import OneRun, Runs
from .shelves import Inventory, OneLine, OneProduct, Products

__all__ = ["Decisions", "Inventory", "OneLine", "OneProduct", "OneReview", "OneRun", "Products", "Reviews", "Runs"]
