"""What the POS answers about a store's shelf: packages, products and the reference lists. Each answer is made from a
view of the world, the store's location row and the query."""

from operator import itemgetter

from apps.sandbox.clock import moment

from . import ask, shapes

IN_QUARANTINE = "Quarantine"


def whoami(view, store, query):
    row = shapes.shown(store, shapes.IDENTITY)
    if view.setting("whoamiCase") == "pascal":  # one client met this spelling
        return {name[0].upper() + name[1:]: value for name, value in row.items()}
    return row


def inventory(view, store, query):
    """Only what is on sale through the API and in stock; no costs."""
    if not view.setting("inventoryApiEnabled"):
        return []
    rows = [_package(view, row, query) for row in _packages(view, store) if (row.get("quantityAvailable") or 0) > 0]
    return ask.page([_less(row, shapes.REPORTING_ONLY) for row in rows], query)


def reporting_inventory(view, store, query):
    """Every package, with its cost."""
    return ask.page([_package(view, row, query) for row in _packages(view, store)], query)


def products(view, store, query):
    """Only what is available online."""
    rows = [row for row in _products(view, store, query) if row.get("onlineAvailable", True)]
    if any(name.lower() == "isactive" for name in query):
        wanted = ask.flag(query, "isActive")
        rows = [row for row in rows if row.get("isActive", True) == wanted]
    return ask.page([shapes.shown(row, shapes.PRODUCT) for row in rows], query)


def reporting_products(view, store, query):
    return ask.page([shapes.shown(row, shapes.PRODUCT) for row in _products(view, store, query)], query)


def reference(kind: str, fields: tuple[str, ...]):
    """A list of the tenant's own rows of this kind, with these fields."""

    def answer(view, store, query):
        return [{name: row.get(name) for name in fields} for row in view.rows(kind) if belongs(row, store)]

    return answer


def rooms(view, store, query):
    rows = [row for row in view.rows("rooms") if row["_locationId"] == store["locationId"]]
    return [shapes.shown(row, shapes.ROOM) for row in rows]


def belongs(row: dict, store: dict) -> bool:
    """Whether a row of a tenant (LSP) is the store's tenant's."""
    return row.get("_lspId") == store["lspId"]


def _packages(view, store):
    """In the order of their ids, so that pages fit together whatever came and went."""
    rows = [row for row in view.rows("inventory") if row.get("_locationId") == store["locationId"]]
    return sorted(rows, key=itemgetter("inventoryId"))


def _products(view, store, query):
    since = ask.when(query, "fromLastModifiedDateUTC")
    rows = [row for row in view.rows("products") if belongs(row, store)]
    return [row for row in rows if since is None or moment(row["lastModifiedDateUTC"]) >= since]


def _package(view, row, query):
    """One package; what was not asked for is null."""
    wanted = {
        "labResults": ask.flag(query, "includeLabResults"),
        "roomQuantities": ask.flag(query, "includeRoomQuantities"),
        "allocatedQuantity": ask.flag(query, "includeAllocated"),
        "lineage": ask.flag(query, "includeLineage"),
    }
    full = shapes.shown(row, shapes.PACKAGE | shapes.REPORTING_ONLY)
    full["roomQuantities"] = full["roomQuantities"] or _in_one_room(view, row)
    return full | {name: None for name, asked in wanted.items() if not asked}


def _in_one_room(view, row):
    """A package lies in one room; in quarantine, in that one."""
    rooms = [room for room in view.rows("rooms") if room["_locationId"] == row["_locationId"]]
    kept_apart = row.get("packageStatus") == IN_QUARANTINE
    room = next((room for room in rooms if bool(room.get("isQuarantineRoom")) == kept_apart), None)
    if room is None:
        return []
    return [{"roomId": room["roomId"], "room": room["roomName"], "quantityAvailable": row["quantityAvailable"]}]


def _less(row: dict, names) -> dict:
    return {name: value for name, value in row.items() if name not in names}
