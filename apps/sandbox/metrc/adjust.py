"""What is in a package: POST adds a signed quantity, PUT sets the final one; both leave an adjustment. All
objects of a call are done or none, unless the state's ways say otherwise."""

from datetime import date
from decimal import Decimal

from apps.sandbox.wire import as_json

from . import packages, units
from .ask import Ask, done, refuse_rows
from .lists import of_state
from .shapes import stamp

PLACES = 4


def add(ask: Ask):
    return _adjusted(ask, "adjust", lambda now, said: now + said)


def put(ask: Ask):
    answer = _adjusted(ask, "set", lambda now, said: said)
    return answer if ask.profile["idsOnPut"] else done()


def _adjusted(ask: Ask, act: str, after):
    rows, levels = ask.rows(), {}
    wrong = [(place, text) for place, row in enumerate(rows) for text in _faults(ask, row, levels, after)]
    if wrong and not ask.profile["partialBatch"]:
        refuse_rows(wrong)
    bad = {place for place, _ in wrong}
    ids = [_record(ask, act, row, after) for place, row in enumerate(rows) if place not in bad]
    if wrong:
        return as_json([{"row": place, "message": text} for place, text in wrong], status=400, committed=bool(ids))
    return done(ids)


def _faults(ask: Ask, row: dict, levels: dict[str, Decimal], after) -> list[str]:
    """Every message METRC has for one object."""
    missing = [
        name
        for name in ("Label", "Quantity", "UnitOfMeasure", "AdjustmentReason", "AdjustmentDate")
        if not _said(row, name)
    ]
    if missing:
        return [f"{name} was not specified." for name in missing]
    return [
        text
        for text in (
            _package_fault(ask, row) or _quantity_fault(ask, row, levels, after),
            _reason_fault(ask, row),
            _date_fault(ask, row),
        )
        if text
    ]


def _said(row: dict, name: str) -> bool:
    return row.get(name) not in (None, "")


def _package_fault(ask: Ask, row: dict) -> str:
    package = packages.at(ask.world, ask.licence, row["Label"])
    if package is None:
        return f"Package {row['Label']} does not exist in the current Facility."
    if package.get("_delivery"):
        return f"Package {row['Label']} is in transit and cannot be adjusted."
    if package["IsFinished"]:
        return f"Package {row['Label']} is finished and cannot be adjusted."
    return f"Package {row['Label']} is on hold and cannot be adjusted." if package["IsOnHold"] else ""


def _quantity_fault(ask: Ask, row: dict, levels: dict[str, Decimal], after) -> str:
    package = packages.at(ask.world, ask.licence, row["Label"])
    said = units.number(row["Quantity"], places=PLACES)
    if said is None:
        return f"The Quantity '{row['Quantity']}' is not valid."
    own = units.converted(ask.world, said, row["UnitOfMeasure"], package["UnitOfMeasureName"])
    if own is None:
        return f"Unit of Measure '{row['UnitOfMeasure']}' is not valid for Package {row['Label']}."
    level = after(levels.get(row["Label"], units.exact(package["Quantity"])), own)
    levels[row["Label"]] = level
    if level < 0 and not ask.profile["allowNegative"]:
        return f"Package {row['Label']} cannot be adjusted below zero."
    return ""


def _reason_fault(ask: Ask, row: dict) -> str:
    reasons = {reason["Name"]: reason for reason in of_state(ask, "reasons")}
    reason = reasons.get(row["AdjustmentReason"])
    if reason is None:
        valid = ", ".join(reasons)
        return f'The Adjustment Reason "{row["AdjustmentReason"]}" is invalid. Valid values are: {valid}.'
    if reason["RequiresNote"] and not (row.get("ReasonNote") or "").strip():
        return f'A Note is required for the Adjustment Reason "{reason["Name"]}".'
    return ""


def _date_fault(ask: Ask, row: dict) -> str:
    try:
        day = date.fromisoformat(str(row["AdjustmentDate"])[:10])
    except ValueError:
        return f"The Adjustment Date '{row['AdjustmentDate']}' is not valid."
    # Somewhere it is tomorrow already: METRC counts the facility's day, this leaves it a zone's room.
    return "Adjustment Date cannot be in the future." if (day - ask.world.now().date()).days > 1 else ""


def _record(ask: Ask, act: str, row: dict, after) -> int:
    package = packages.at(ask.world, ask.licence, row["Label"])
    before = units.exact(package["Quantity"])
    said = units.converted(ask.world, units.exact(row["Quantity"]), row["UnitOfMeasure"], package["UnitOfMeasureName"])
    level = after(before, said)
    ask.world.change("packages", package["Id"], Quantity=float(level))
    write(
        ask,
        package,
        level - before,
        reason=row["AdjustmentReason"],
        note=row.get("ReasonNote"),
        day=row["AdjustmentDate"],
    )
    ask.ledger.accept(
        act,
        at=ask.world.now(),
        licence=ask.licence,
        id=package["Id"],
        label=row["Label"],
        quantity=float(said),
        note=row.get("ReasonNote"),
    )
    return package["Id"]


def write(ask: Ask, package: dict, change: Decimal, *, reason: str, note: str | None, day: str) -> None:
    """The adjustment's own row, as `GET /packages/v2/adjustments` lists it."""
    number = len(ask.world.ids("adjustments")) + 1
    adjustment = {
        "PackageId": package["Id"],
        "PackageLabel": package["Label"],
        "AdjustmentDate": str(day)[:10],
        "AdjustmentQuantity": float(change),
        "AdjustmentUnitOfMeasureName": package["UnitOfMeasureName"],
        "AdjustmentReasonName": reason,
        "AdjustmentNote": note if ask.profile["noteKept"] else None,
        "AdjustedByUserName": ask.user["name"],
        "ItemName": (package["Item"] or {}).get("Name"),
        "ItemCategoryName": (package["Item"] or {}).get("ProductCategoryName"),
        "PackagedDate": package["PackagedDate"],
    }
    ask.world.put("adjustments", number, {**adjustment, "_facility": ask.licence, "_at": stamp(ask.world.now())})
