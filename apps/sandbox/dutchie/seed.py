"""The first day of the POS: the seed file, its dates moved to today; and simple product lists made into a shelf."""

import json
from datetime import date
from pathlib import Path

from apps.sandbox.clock import iso
from apps.sandbox.days import moved

from . import shapes
from .shelf import belongs

SEED = Path(__file__).parent.parent / "seeds" / "dutchie.json"
LISTS = SEED.with_name("lists.json")  # stores whose shelf is a simple product list
SETTINGS = {
    "whoamiCase": "camel",  # or pascal
    "inventoryApiEnabled": True,  # False: /inventory answers [] although there is stock
    "dropExpired": False,  # True: a discount leaves the list when its time is over
    "integratorKey": "",  # when set, the password must be this
    "retryAfter": "seconds",  # or date, absent, a number
    "limits": {},  # path: calls a minute, over the doors' own
    "dateSkewSeconds": 0,  # the Date header runs ahead by so much
    "drift": False,
    "driftSeconds": [20, 40],  # between two movements
    # of the back office
    "loginDoor": "both",  # or user, employee
    "sessionCalls": 0,  # a session ends after so many; 0: never
    "sessionSeconds": 36_000,
    "sessionEnds": "401",  # or message: Result false under HTTP 200
    "throttledAs": "429",  # or message
}


def fill(world) -> None:
    """Puts the seed into the world, moved so that its own date is today."""
    document = json.loads(SEED.read_text(encoding="utf-8"))
    days = world.now().date() - date.fromisoformat(document.pop("date"))
    document.pop("about")
    kinds = {kind: moved(rows, days) for kind, rows in document.items()}
    world.fill({"settings": dict(SETTINGS), "sessions": {}, **kinds})
    for id, row in kinds["inventory"].items():
        kinds["inventory"][id] = completed(world, row)
    world.before_put = lambda kind, id, old, new: _before_put(world, kind, id, old, new)
    world.after_put = lambda kind, old, new: _after_put(world, kind, old, new)
    for location, rows in json.loads(LISTS.read_text(encoding="utf-8")).items():
        load_products(world, moved(rows, days), location=int(location))


def load_products(world, rows: list[dict], *, location: int = 4101, replace: bool = False) -> list[int]:
    """Puts simple rows (`productName, brandName, price, category, sku, productId`; any other vendor field too) on the
    shelf of a location: a product and one package each. With `replace` the shelf is cleared first. Answers the
    inventory ids, in the order of the rows; a row without a product id gets a free one."""
    with world.lock:
        if replace:
            _clear(world, location)
        return [_load(world, row, location) for row in rows]


def _load(world, row: dict, location: int) -> int:
    store = world.get("locations", location)
    numbers = {name: float(row[name]) for name in ("price", "quantityAvailable") if row.get(name) not in (None, "")}
    product = {name: value for name, value in (row | numbers).items() if name in shapes.PRODUCT}
    product |= {
        "productId": int(row.get("productId") or 0) or free_id(world, "products"),
        "brandId": _known(world, store, "brands", "brandId", "brandName", row.get("brandName")),
        "categoryId": _known(
            world, store, "categories", "productCategoryId", "productCategoryName", row.get("category")
        ),
        "_lspId": store["lspId"],
    }
    world.put("products", product["productId"], product)
    own = {name: value for name, value in (row | numbers).items() if name in shapes.PACKAGE and name != "productId"}
    inventory_id = free_id(world, "inventory")
    package = {"quantityAvailable": 24.0, "quantityUnits": "ea", "packageStatus": "Active", **own}
    package |= {"productId": product["productId"], "_locationId": location}
    world.put("inventory", inventory_id, package)
    return inventory_id


def completed(world, row: dict) -> dict:
    """A package with what its product says, where it does not say it itself."""
    product = world.get("products", row.get("productId"), {})
    told = {theirs: product[ours] for ours, theirs in shapes.SHOWN.items() if ours in product}
    return {**shapes.PACKAGE, **told, **row}


def free_id(world, kind: str) -> int:
    """The next number; ids of all stores are one series."""
    return max((int(id) for id in world.ids(kind) if id.isdecimal()), default=0) + 1


def _before_put(world, kind, id, old, new):
    if kind in ("products", "discounts"):
        new = {"_lspId": _first(world)["lspId"], **new}
    if kind == "products":
        return _stamped(world, "lastModifiedDateUTC", old, {"productId": int(id), **new})
    if kind == "inventory":
        own = {"_locationId": _first(world)["locationId"], **new, "inventoryId": int(id)}
        return _stamped(world, "lastModifiedDateUtc", old, own if old else completed(world, own))
    return new


def _after_put(world, kind, old, new):
    """A product's change shows on its packages, where they had shown the same as the product."""
    if kind != "products" or old is None:
        return
    changed = {ours: theirs for ours, theirs in shapes.SHOWN.items() if old.get(ours) != new.get(ours)}
    for row in world.rows("inventory") if changed else ():
        if row.get("productId") == new["productId"]:
            fields = {theirs: new.get(ours) for ours, theirs in changed.items() if row.get(theirs) == old.get(ours)}
            world.change("inventory", row["inventoryId"], **fields)


def _stamped(world, name, old, new):
    """Sets the time of the change, unless the writer set it."""
    if name in new and (old is None or new[name] != old.get(name)):
        return new
    return {**new, name: iso(world.now())}


def _first(world) -> dict:
    """The store that rows belong to when they name none."""
    return world.rows("locations")[0]


def _known(world, store, kind, id_name, name, value) -> int | None:
    """The id of this tenant's brand or category of that name; made when there is none."""
    if not value:
        return None
    for row in world.rows(kind):
        if row[name] == value and belongs(row, store):
            return row[id_name]
    made = free_id(world, kind)
    world.put(kind, made, {id_name: made, name: value, "_lspId": store["lspId"]})
    return made


def _clear(world, location: int) -> None:
    for row in world.rows("inventory"):
        if row["_locationId"] == location:
            world.drop("inventory", row["inventoryId"])
