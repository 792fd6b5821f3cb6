"""A new package out of others: what is taken out of them, under a tag from the drawer."""

from decimal import Decimal

from . import packages, units
from .ask import Ask, done, refuse_rows
from .numbers import next_id

PLACES = 4


def create(ask: Ask):
    rows = ask.rows()
    taken: dict[str, Decimal] = {}
    tags: set[str] = set()
    refuse_rows([(place, text) for place, row in enumerate(rows) for text in _faults(ask, row, taken, tags)])
    return done([_make(ask, row) for row in rows])


def _faults(ask: Ask, row: dict, taken: dict[str, Decimal], tags: set[str]) -> list[str]:
    missing = [name for name in ("Tag", "Quantity", "UnitOfMeasure", "ActualDate", "Ingredients") if not row.get(name)]
    if missing:
        return [f"{name} was not specified." for name in missing]
    texts = [] if _drawn(ask, row["Tag"]) and row["Tag"] not in tags else [f"Tag {row['Tag']} is not valid."]
    tags.add(row["Tag"])
    if not row.get("UseSameItem") and _item(ask, row.get("Item")) is None:
        texts.append(f'The Item "{row.get("Item")}" is invalid.')
    if units.number(row["Quantity"], places=PLACES) is None:
        texts.append(f"The Quantity '{row['Quantity']}' is not valid.")
    return texts + [text for part in row["Ingredients"] if (text := _part_fault(ask, part, taken))]


def _part_fault(ask: Ask, part: dict, taken: dict[str, Decimal]) -> str:
    label = part.get("Package")
    package = packages.at(ask.world, ask.licence, label)
    if package is None or package.get("_delivery") or package["IsOnHold"] or package["IsFinished"]:
        return f"Package {label} does not exist in the current Facility."
    said = units.number(part.get("Quantity"), places=PLACES)
    own = said and units.converted(ask.world, said, part.get("UnitOfMeasure"), package["UnitOfMeasureName"])
    if not own or own <= 0:
        return f"The Quantity '{part.get('Quantity')}' is not valid for Package {label}."
    taken[label] = taken.get(label, Decimal()) + own
    short = taken[label] > units.exact(package["Quantity"])
    return f"Package {label} does not have {own} {package['UnitOfMeasureName']}." if short else ""


def _drawn(ask: Ask, tag: str) -> dict | None:
    rows = (row for row in ask.world.rows("tags") if row["Label"] == tag and row["_facility"] == ask.licence)
    return next((row for row in rows if not row.get("_used")), None)


def _item(ask: Ask, name) -> dict | None:
    rows = (row for row in ask.world.rows("items") if row["_facility"] == ask.licence)
    return next((row for row in rows if row["Name"].lower() == str(name).lower()), None)


def _make(ask: Ask, row: dict) -> int:
    sources = [packages.at(ask.world, ask.licence, part["Package"]) for part in row["Ingredients"]]
    for part, source in zip(row["Ingredients"], sources, strict=True):
        now = ask.world.get("packages", source["Id"])
        said = units.converted(
            ask.world, units.exact(part["Quantity"]), part["UnitOfMeasure"], now["UnitOfMeasureName"]
        )
        ask.world.change("packages", now["Id"], Quantity=float(units.exact(now["Quantity"]) - said))
    first, number = sources[0], next_id(ask.world)
    kept = ("LabTestingState", "LabTestingStateDate", "ProductionBatchNumber", "ExpirationDate", "LocationName")
    made = {name: first[name] for name in kept} | {
        "Label": row["Tag"],
        "Quantity": float(units.exact(row["Quantity"])),
        "UnitOfMeasureName": row["UnitOfMeasure"],
        "Item": first["Item"] if row.get("UseSameItem") else _item(ask, row["Item"]),
        "PackagedDate": str(row["ActualDate"])[:10],
        "SourcePackageLabels": ",".join(source["Label"] for source in sources),
        "Note": row.get("Note"),
        "_facility": ask.licence,
    }
    ask.world.put("packages", number, made)
    ask.world.change("tags", _drawn(ask, row["Tag"])["Id"], _used=True)
    quantity = made["Quantity"]
    ask.ledger.accept(
        "package",
        at=ask.world.now(),
        licence=ask.licence,
        id=number,
        label=row["Tag"],
        quantity=quantity,
        note=row.get("Note"),
    )
    return number
