"""Receipts: what a shop's POS tells METRC it has sold. A sale takes its packages' quantities, an undone one gives them
back. The one place where METRC can be asked by somebody else's own number."""

from decimal import Decimal

from apps.sandbox.wire import as_json

from . import packages, shapes, units
from .ask import Ask, Refused, done, refuse_rows
from .numbers import next_id
from .shapes import shown, stamp


def listed(*, final: bool):
    def answer(ask: Ask):
        rows = [row for row in ask.view.rows("receipts") if row["_facility"] == ask.licence and row["IsFinal"] == final]
        return ask.listed(ask.ranged(rows), _shown)

    return answer


def external(ask: Ask):
    rows = [row for row in ask.view.rows("receipts") if row["ExternalReceiptNumber"] == ask.said["id"]]
    return as_json([_shown(row) for row in rows if row["_facility"] == ask.licence])


def sell(ask: Ask):
    rows, sold = ask.rows(), {}
    refuse_rows([(place, text) for place, row in enumerate(rows) for text in _faults(ask, row, sold)])
    return done([_write(ask, row) for row in rows])


def undo(ask: Ask):
    receipt = ask.world.get("receipts", ask.said["id"])
    if receipt is None or receipt["_facility"] != ask.licence:
        raise Refused("Sales Receipt was not found.", status=404)
    for line in receipt["Transactions"]:
        _take(ask, line, -1)
    ask.world.drop("receipts", receipt["Id"])
    ask.ledger.accept("receipt.undone", at=ask.world.now(), licence=ask.licence, id=receipt["Id"])
    return done()


def _faults(ask: Ask, row: dict, sold: dict[str, Decimal]) -> list[str]:
    lines = row.get("Transactions") or []
    texts = [] if row.get("SalesDateTime") else ["SalesDateTime was not specified."]
    texts += [] if lines else ["Transactions was not specified."]
    return texts + [text for line in lines if (text := _line_fault(ask, line, sold))]


def _line_fault(ask: Ask, line: dict, sold: dict[str, Decimal]) -> str:
    label = line.get("PackageLabel")
    package = packages.at(ask.world, ask.licence, label)
    if package is None or package.get("_delivery"):
        return f"Package {label} does not exist in the current Facility."
    said = units.number(line.get("Quantity"), places=4)
    own = said and units.converted(ask.world, said, line.get("UnitOfMeasure"), package["UnitOfMeasureName"])
    if not own or own <= 0:
        return f"The Quantity '{line.get('Quantity')}' is not valid for Package {label}."
    sold[label] = sold.get(label, Decimal()) + own
    return f"Package {label} does not have that much." if sold[label] > units.exact(package["Quantity"]) else ""


def _take(ask: Ask, line: dict, sign: int) -> None:
    package = packages.at(ask.world, ask.licence, line["PackageLabel"])
    said = units.converted(
        ask.world, units.exact(line["Quantity"]), line["UnitOfMeasure"], package["UnitOfMeasureName"]
    )
    ask.world.change("packages", package["Id"], Quantity=float(units.exact(package["Quantity"]) - sign * said))


def _write(ask: Ask, row: dict) -> int:
    number, now = next_id(ask.world), stamp(ask.world.now())
    for line in row["Transactions"]:
        _take(ask, line, 1)
    same = ("ExternalReceiptNumber", "SalesDateTime", "SalesCustomerType", "Transactions")
    receipt = {name: row.get(name) for name in same} | {
        "Id": number,
        "ReceiptNumber": f"{number:010}",
        "TotalPackages": len(row["Transactions"]),
        "TotalPrice": sum(float(line.get("TotalAmount") or 0) for line in row["Transactions"]),
        "RecordedDateTime": now,
        "RecordedByUserName": ask.user["name"],
        "_facility": ask.licence,
    }
    ask.world.put("receipts", number, {**shapes.RECEIPT, **receipt})
    note = row.get("ExternalReceiptNumber")
    ask.ledger.accept("receipt", at=ask.world.now(), licence=ask.licence, id=number, note=note)
    return number


def _shown(row: dict) -> dict:
    return shown(row)
