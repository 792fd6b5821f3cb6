"""METRC's plain lists: licences, people, rooms, words. Each answers one Ask."""

from apps.sandbox.wire import as_json

from . import shapes
from .ask import Refused
from .shapes import shown

RESULTS_ORDER = "LabTestResultId"


def facilities(ask):
    rows = [ask.view.get("facilities", licence) for licence in ask.user["facilities"]]
    return ask.listed([row for row in rows if row], lambda row: shown(row, shapes.FACILITY))


def employees(ask):
    return ask.listed(_own(ask, "employees"), shown)


def own(kind: str):
    """The licence's own rows of a kind."""
    return lambda ask: ask.listed(_own(ask, kind), shown)


def none(ask):
    return ask.listed([])


def nothing(ask):
    return as_json([])


def units(ask):
    return as_json([shown(row) for row in ask.view.rows("units")])


def location_types(ask):
    return ask.listed([{"Id": 1, "Name": "Default Location Type", "ForPackages": True, "ForPlants": False}])


def tags(ask):
    return as_json([shown(row) for row in _own(ask, "tags") if not row.get("_used")])


def items(ask):
    return ask.listed(_own(ask, "items"), lambda row: shown(row, shapes.ITEM))


def item(ask):
    row = ask.view.get("items", ask.said["id"])
    if row is None or row["_facility"] != ask.licence:
        raise Refused("Not found.", status=404)
    return as_json(shown(row, shapes.ITEM))


def categories(ask):
    return ask.listed(ask.view.rows("itemCategories"), shown)


def reasons(ask):
    return ask.listed(of_state(ask, "reasons"), shown)


def transfer_types(ask):
    return ask.listed(of_state(ask, "transferTypes"), shown)


def package_types(ask):
    return as_json(shapes.PACKAGE_TYPES)


def delivery_states(ask):
    return as_json(shapes.DELIVERY_STATES)


def lab_states(ask):
    return as_json(shapes.LAB_STATES)


def customer_types(ask):
    return as_json(["Consumer", "Patient", "Caregiver"])


def lab_types(ask):
    names = sorted({row["TestTypeName"] for row in ask.view.rows("labResults")})
    return ask.listed([{"Id": number, "Name": name} for number, name in enumerate(names, 1)])


def lab_results(ask):
    """The tests of one package of this licence."""
    package = ask.view.get("packages", ask.query("packageId"))
    if package is None or package["_facility"] not in ask.licences:
        raise Refused("Package was not found.")
    rows = [row for row in ask.view.rows("labResults") if row["_label"] == package["Label"]]
    tests = [{**row, "PackageId": package["Id"], "SourcePackageLabel": package["Label"]} for row in rows]
    return ask.listed(tests, lambda row: shown(row, shapes.LAB_RESULT))


def of_state(ask, kind: str) -> list[dict]:
    """The words of the licence's state."""
    return [row for row in ask.view.rows(kind) if row["_state"] == ask.facility["_state"]]


def _own(ask, kind: str) -> list[dict]:
    return [row for row in ask.view.rows(kind) if row["_facility"] == ask.licence]
