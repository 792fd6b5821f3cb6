"""Taxes on plain values: rates on what a line costs, charged by the seller or only stated; each line rounded once.

A line keeps its rates as they were: `{name, state, percent, charged}`. What is charged of a line is its total times the
sum of its charged rates, half to even; the parts that are shown by name add up to that, to the cent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .money import NONE, tax

Rate = dict[str, Any]


class Remits(TextChoices):
    """Who pays it to the state."""

    SELLER = "SELLER", _("The seller, who charges it on the invoice")
    BUYER = "BUYER", _("The buyer; the invoice only states it")


@dataclass(frozen=True)
class Part:
    """One tax of an order: its rate in percent, and what it comes to over the lines."""

    name: str
    percent: Decimal
    charged: bool
    amount: Decimal


def rate(name: str, state: str, percent: Decimal, *, charged: bool) -> Rate:
    """As a line keeps it."""
    return {"name": name, "state": state, "percent": f"{percent.normalize():f}", "charged": charged}


def charged(amount: Decimal, rates: list[Rate]) -> Decimal:
    """What the seller adds to a line's total."""
    return _of(amount, [one for one in rates if one["charged"]])


def _of(amount: Decimal, rates: list[Rate]) -> Decimal:
    return tax(amount, sum((Decimal(one["percent"]) for one in rates), Decimal(0)))


def parts(lines: Iterable[tuple[Decimal, list[Rate]]]) -> list[Part]:
    """By name and rate over (line total, rates), in the order they come; those charged first. Of a line's taxes each
    takes what the sum up to it comes to beyond the sum before it."""
    sums: dict[tuple[bool, str, str], Decimal] = {}
    for amount, rates in lines:
        for is_charged in (True, False):
            mine = [one for one in rates if one["charged"] == is_charged]
            for number, one in enumerate(mine):
                key = (is_charged, one["name"], one["percent"])
                step = _of(amount, mine[: number + 1]) - _of(amount, mine[:number])
                sums[key] = sums.get(key, NONE) + step
    ordered = sorted(sums.items(), key=lambda item: not item[0][0])
    return [Part(name, Decimal(percent), is_charged, sum_) for (is_charged, name, percent), sum_ in ordered]
