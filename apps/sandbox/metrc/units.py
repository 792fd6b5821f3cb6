"""Quantities in METRC's units: exact inside, plain JSON numbers in the rows."""

from decimal import Decimal, InvalidOperation

from apps.sandbox.world import View


def exact(value) -> Decimal:
    return Decimal(str(value))


def number(value, *, places: int) -> Decimal | None:
    """A finite number with at most so many decimals; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        said = exact(value)
    except InvalidOperation:
        return None
    return said if said.is_finite() and -said.normalize().as_tuple().exponent <= places else None


def converted(view: View, quantity: Decimal, unit: str, into: str) -> Decimal | None:
    """The quantity in another unit of the same kind; None where there is no such unit or kind."""
    units = {row["Name"].lower(): row for row in view.rows("units")}
    units |= {row["Abbreviation"].lower(): row for row in view.rows("units")}
    of, to = units.get(str(unit).lower()), units.get(str(into).lower())
    if of is None or to is None or of["QuantityType"] != to["QuantityType"]:
        return None
    return quantity if of is to else round(quantity * exact(of["_size"]) / exact(to["_size"]), 4)
