"""The smaller changes of packages, each by PUT and answered with nothing: finish, room, item, note, external id."""

from . import packages
from .ask import Ask, done, refuse_rows
from .shapes import shown


def finish(ask: Ask):
    def fault(row, package):
        return f"Package {row['Label']} cannot be Finished because it's not empty." if package["Quantity"] else ""

    return _changed(ask, "finish", lambda row: {"IsFinished": True, "FinishedDate": row.get("ActualDate")}, fault)


def unfinish(ask: Ask):
    return _changed(ask, "unfinish", lambda row: {"IsFinished": False, "FinishedDate": None})


def move(ask: Ask):
    rooms = {row["Name"].lower() for row in ask.world.rows("locations") if row["_facility"] == ask.licence}

    def fault(row, package):
        return "" if str(row.get("Location")).lower() in rooms else f'Location "{row.get("Location")}" is not valid.'

    return _changed(ask, "location", lambda row: {"LocationName": row["Location"]}, fault)


def item(ask: Ask):
    items = {row["Name"].lower(): row for row in ask.world.rows("items") if row["_facility"] == ask.licence}

    def named(row):
        return items.get(str(row.get("Item")).lower())

    def fault(row, package):
        return "" if named(row) else f'The Item "{row.get("Item")}" is invalid.'

    return _changed(ask, "item", lambda row: {"Item": shown(named(row))}, fault)


def note(ask: Ask):
    return _changed(ask, "note", lambda row: {"Note": row.get("Note")}, label="PackageLabel")


def external_id(ask: Ask):
    return _changed(ask, "externalid", lambda row: {"ExternalId": row.get("ExternalId")}, label="PackageLabel")


def _changed(ask: Ask, act: str, fields, fault=lambda row, package: "", *, label: str = "Label"):
    """Sets some fields on each package named."""
    found = [packages.at(ask.world, ask.licence, row.get(label)) for row in ask.rows()]
    pairs = list(zip(ask.rows(), found, strict=True))
    missing = "Package {} does not exist in the current Facility."
    texts = [fault(row, package) if package else missing.format(row.get(label)) for row, package in pairs]
    refuse_rows([(place, text) for place, text in enumerate(texts) if text])
    for row, package in pairs:
        ask.world.change("packages", package["Id"], **fields(row))
        ask.ledger.accept(act, at=ask.world.now(), licence=ask.licence, id=package["Id"], label=package["Label"])
    return done()
