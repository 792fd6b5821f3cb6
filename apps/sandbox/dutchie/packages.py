"""The back office's packages: POST /api/graphql, `getPackagesV5`, with skip, take and totalCount.

Clients saw the operation and its paging; no public source shows a row. So a row here uses the POS inventory's words in
GraphQL's camelCase, without what the back office keeps at other addresses (lab results, rooms, tags, lineage), and its
dates are the store's own without a zone ("11/17/2026, 5:42:00 PM"): `lastModifiedDate` in place of lastModifiedDateUtc.
"""

from datetime import UTC, datetime
from operator import itemgetter
from zoneinfo import ZoneInfo

from apps.sandbox.clock import moment

from . import shapes

OPERATION = "getPackagesV5"
TAKE = 100  # rows, where the question doesn't say
ELSEWHERE = shapes.names(
    "labResults roomQuantities tags lineage effectivePotencyMg potencyIndicator allocatedQuantity lastModifiedDateUtc"
)
DAYS = shapes.names("testedDate sampleDate packagedDate manufacturingDate expirationDate")
ZONE = "America/Detroit"  # of a store that names none


def graphql(view, lsp: int, said: dict) -> dict:
    """One operation is played; LocId 0 is no store, and no store has no packages."""
    if said.get("operationName") != OPERATION:
        return {"data": None, "errors": [{"message": f'Unknown operation named "{said.get("operationName")}".'}]}
    page = variables(said)
    store = view.get("locations", said.get("LocId"))
    rows = _packages(view, store) if store and store["lspId"] == lsp else []
    start, size = page.get("skip") or 0, page.get("take") or TAKE
    items = [_told(row, store) for row in rows[start : start + size]]
    return {"data": {OPERATION: {"totalCount": len(rows), "items": items}}}


def variables(said: dict) -> dict:
    return said.get("variables") or {}


def list_in(payload) -> list | None:
    found = payload.get("data") if isinstance(payload, dict) else None
    return found[OPERATION]["items"] if found else None


def with_list(payload, rows):
    """The count stays as it was: a shorter list then contradicts it."""
    return {"data": {OPERATION: {**payload["data"][OPERATION], "items": rows}}}


def _packages(view, store) -> list[dict]:
    mine = [row for row in view.rows("inventory") if row.get("_locationId") == store["locationId"]]
    return sorted(mine, key=itemgetter("inventoryId"))


def _told(row: dict, store: dict) -> dict:
    full = shapes.shown(row, shapes.PACKAGE | shapes.REPORTING_ONLY)
    changed = full["lastModifiedDateUtc"]
    here = ZoneInfo(store.get("_zone", ZONE))
    told = {name: value for name, value in full.items() if name not in ELSEWHERE}
    told |= {name: told[name] and _written(moment(told[name]).astimezone(UTC)) for name in DAYS}
    return told | {"lastModifiedDate": changed and _written(moment(changed).astimezone(here))}


def _written(at: datetime) -> str:
    """As a browser in the store would: 11/17/2026, 5:42:00 PM."""
    return f"{at.month}/{at.day}/{at.year}, {at.hour % 12 or 12}:{at:%M:%S %p}"
