"""The Dutchie POS: who may ask what, how often, and the words of its refusals.

HTTP Basic with the location's key as user name; a key is one location and its roles. 401 has no body; 403 is a missing
role; limits count per key and path in whole minutes of the emulator's clock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from email.utils import format_datetime

from apps.sandbox.guest import Guest
from apps.sandbox.wire import Answer, Request, as_json

from . import ask, by_hand, discounts, drift, seed, shapes, shelf
from .limits import Limits

TEXT = "text/plain; charset=utf-8"
RETRY_AFTER = 30  # seconds


@dataclass(frozen=True)
class Door:
    """One GET: the role it needs (None: any key), calls a minute, and what it answers."""

    role: str | None
    limit: int
    answer: Callable
    type: str = "application/json; charset=utf-8"


DOORS = {
    "/whoami": Door(None, 200, shelf.whoami),
    "/inventory": Door("Inventory", 200, shelf.inventory),
    "/reporting/inventory": Door("Reporting", 60, shelf.reporting_inventory),
    "/products": Door("Inventory", 120, shelf.products),
    "/reporting/products": Door("Reporting", 60, shelf.reporting_products),
    "/discounts/v2/list": Door("Inventory", 120, discounts.listed, TEXT),
    "/discounts": Door("Inventory", 120, discounts.published),
    "/reporting/discounts": Door("Reporting", 60, discounts.reporting),
    "/room/rooms": Door("Inventory", 120, shelf.rooms),
    **{path: Door("Inventory", 120, shelf.reference(*kind)) for path, kind in shapes.LISTS.items()},
}


class Pos(Guest):
    """One emulated POS with all its stores; the world it plays in is handed over by `fill`."""

    name = "dutchie"
    title = "Dutchie POS emulator"
    about = "It answers as api.pos.dutchie.com does, from an invented world. Nothing here reaches a real store."
    usual_path = "/reporting/inventory"
    forms = by_hand.FORMS
    id_fields = (
        "inventoryId",
        "productId",
        "id",
        "discountId",
        "brandId",
        "productCategoryId",
        "strainId",
        "vendorId",
        "tagId",
        "pricingTierId",
        "roomId",
        "sizeId",
    )
    price_fields = ("unitPrice", "recUnitPrice", "price", "recPrice")
    quantity_field = "quantityAvailable"

    def fill(self, world) -> None:
        self.world, self.limits = world, Limits(world)
        seed.fill(world)

    drift = staticmethod(drift.step)
    load_products = staticmethod(seed.load_products)

    def caller(self, view, request: Request) -> tuple[str, int | None]:
        """Whether the key was right (ok, wrong, none), and whose location it opens."""
        name, password = ask.credentials(request)
        if name is None:
            return "none", None
        key, wanted = view.get("keys", name), view.setting("integratorKey")
        if key is None or (wanted and password != wanted):
            return "wrong", None
        return "ok", key["locationId"]

    def answer(self, view, request: Request) -> Answer:
        if self.caller(view, request)[0] != "ok":
            return self.refuse(401)
        name, _ = ask.credentials(request)
        door, key = DOORS.get(request.path), view.get("keys", name)
        if door is None:
            return self.refuse(404)
        if request.method != "GET":
            return self.refuse(405)
        if door.role and door.role not in key["roles"]:
            return self.refuse(403)
        limit = (view.setting("limits") or {}).get(request.path, door.limit)
        if not self.limits.within(limit, name, request.path):
            return self._too_many(limit)
        return self._told(door, view, view.get("locations", key["locationId"]), request)

    def refuse(self, status: int) -> Answer:
        """The vendor's own words for no: 401 says nothing at all."""
        if status == 429:
            return self._too_many(120)
        if status in (401, 404, 405):
            return Answer(status=status)
        return as_json({"Message": "Account not authorized", "TraceId": self._trace()}, status=status)

    def list_in(self, payload) -> list | None:
        return payload if isinstance(payload, list) else None

    def with_list(self, payload, rows):
        return rows

    def start_of(self, request: Request) -> int | None:
        return ask.start_of(request.query)

    def from_start(self, request: Request, start: int | None) -> Request:
        return replace(request, query=ask.from_start(request.query, start))

    def stores(self, world):
        """The control page's table."""
        for store in world.rows("locations"):
            rows = [row for row in world.rows("inventory") if row["_locationId"] == store["locationId"]]
            units = f"{sum(row.get('quantityAvailable') or 0 for row in rows):g}"
            yield store["locationId"], store["locationName"], store["licenseNumber"], len(rows), units

    def choices(self, world):
        """The control page's list of packages."""
        rows = sorted(world.rows("inventory"), key=lambda row: (row["_locationId"], row["productName"] or ""))
        for row in rows:
            units = f"{row['quantityAvailable']:g} {row['quantityUnits']}"
            yield row["inventoryId"], f"{row['_locationId']} · {row['productName']} · {row['packageId']} · {units}"

    def _told(self, door: Door, view, store, request: Request) -> Answer:
        try:
            return as_json(door.answer(view, store, request.query), type=door.type)
        except ask.BadQuestion as bad:
            errors = {bad.name: [str(bad)]}
            return as_json(
                {"title": "One or more validation errors occurred.", "status": 400, "errors": errors}, status=400
            )

    def _too_many(self, limit: int) -> Answer:
        words = f"Too many requests - only {limit} per minute allowed"
        return as_json({"Message": words, "TraceId": self._trace()}, status=429, headers=self._retry_after())

    def _retry_after(self) -> dict[str, str]:
        """As the setting `retryAfter` says: seconds, date, absent, or a number of seconds to name."""
        form = self.world.setting("retryAfter")
        if form == "absent":
            return {}
        if form == "date":
            at = self.world.now() + timedelta(seconds=RETRY_AFTER)
            return {"Retry-After": format_datetime(at, usegmt=True)}
        return {"Retry-After": str(RETRY_AFTER if form == "seconds" else form)}

    def _trace(self) -> str:
        return f"00-{int(self.world.now().timestamp() * 1000):032x}-00"
