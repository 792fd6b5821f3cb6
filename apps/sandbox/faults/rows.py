"""Faults in the rows: the middle row of a list is spoiled, always that one, so that a test can tell which. Where there
is nothing to spoil, the answer stays as it is."""

from collections.abc import Callable

from .call import Fault, Vendor
from .payload import in_list, less

HUGE = 5_000_000  # characters


def in_row(spoil: Callable[[dict, Vendor], dict]) -> Fault:
    """Spoils the middle row of a list."""

    def spoiled(rows, call):
        middle = len(rows) // 2
        return [spoil(row, call.vendor) if n == middle else row for n, row in enumerate(rows)]

    return in_list(spoiled)


def twice(rows, call):
    middle = len(rows) // 2
    return rows[: middle + 1] + rows[middle:]


def id_lost(row, vendor):
    return less(row, next((name for name in vendor.id_fields if name in row), ""))


def numbers_as_text(row, vendor):
    return {name: str(value) if _is_number(value) else value for name, value in row.items()}


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def price(value: float) -> Fault:
    return in_row(lambda row, vendor: {**row, **{name: value for name in vendor.price_fields if name in row}})


def quantity(value: float) -> Fault:
    return in_row(lambda row, vendor: {**row, vendor.quantity_field: value} if vendor.quantity_field in row else row)


def present(**fields) -> Fault:
    """Sets fields, only where the row has them."""
    return in_row(lambda row, vendor: {**row, **{name: value for name, value in fields.items() if name in row}})


def dates_unreadable(row, vendor):
    return {name: "31/02/2026 25:61" if "date" in name.lower() and value else value for name, value in row.items()}


def unknown_method(row, vendor):
    if "reward" not in row:
        return row
    return {**row, "reward": {**row["reward"], "calculationMethodId": 99, "calculationMethod": "UNHEARD_OF"}}
