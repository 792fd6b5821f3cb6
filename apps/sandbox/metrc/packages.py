"""Packages as METRC lists them, and what was adjusted on them. The same tag is another row, with another Id, at each
licence that has held it."""

from apps.sandbox.wire import as_json

from . import shapes
from .ask import Refused
from .shapes import shown

# In transit: `_delivery` names the delivery. Gone: `_gone` says that somebody else received it.
SHELVES = {
    "active": lambda row: _here(row) and not row["IsOnHold"] and not row["IsFinished"] and not row["IsTestingSample"],
    "inactive": lambda row: _here(row) and row["IsFinished"],
    "onhold": lambda row: _here(row) and row["IsOnHold"],
    "intransit": lambda row: bool(row.get("_delivery")) and not row.get("_gone"),
    "transferred": lambda row: bool(row.get("_gone")),
    "labsamples": lambda row: _here(row) and row["IsTestingSample"],
}


def shelf(name: str):
    belongs = SHELVES[name]

    def answer(ask):
        rows = [row for row in ask.view.rows("packages") if row["_facility"] == ask.licence and belongs(row)]
        return ask.listed(sorted(ask.ranged(rows), key=_id), _shown)

    return answer


def one(ask):
    """By id or label, at the licence asked for or at any that the user key opens."""
    wanted = ask.said["id"]
    found = [row for row in ask.view.rows("packages") if wanted in (str(row["Id"]), row["Label"])]
    mine = [row for row in found if row["_facility"] in ask.licences]
    if not mine:
        raise Refused("No package was found.", status=404)
    return as_json(_shown(min(mine, key=lambda row: bool(row.get("_gone")))))


def adjustments(ask):
    rows = [row for row in ask.view.rows("adjustments") if row["_facility"] == ask.licence]
    return ask.listed(ask.ranged(rows, "_at"), lambda row: shown(row, shapes.ADJUSTMENT))


def at(view, licence: str, label: str) -> dict | None:
    """The licence's own row of a tag; None when it has none, or has given it away."""
    rows = (row for row in view.rows("packages") if row["_facility"] == licence and row["Label"] == label)
    return next((row for row in rows if not row.get("_gone")), None)


def _here(row: dict) -> bool:
    return not row.get("_delivery") and not row.get("_gone")


def _id(row: dict) -> int:
    return row["Id"]


def _shown(row: dict) -> dict:
    return shown(row, shapes.PACKAGE)
