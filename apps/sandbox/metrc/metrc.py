"""METRC's counter: keys, licences, limits, routes, and the control surface's own view of it.

A refusal, in this order: 401 for keys, 404 for a path that METRC does not publish, 405, 401 again for licence and
permission, 429.
"""

import json
import random
from contextlib import nullcontext
from dataclasses import replace

from apps.sandbox.clock import moment
from apps.sandbox.faults.payload import HTML, MAINTENANCE
from apps.sandbox.guest import Guest
from apps.sandbox.wire import Answer, Request, as_json

from . import access, by_hand, licences, people, published, seed
from .ask import FROM, USUAL_PAGE, Ask, Refused
from .doors import find
from .ledger import Ledger
from .limits import Limits

DENIED = as_json({"Message": "Unauthorized"}, status=401)
TOTALS = ("Total", "TotalRecords", "TotalPages")


class Metrc(Guest):
    """One emulated METRC with its states and licences; the world it plays in is handed over by `fill`."""

    name = "metrc"
    title = "METRC emulator"
    about = "It answers as api-mi.metrc.com and its sisters do, from an invented world. Nothing here reaches a state."
    usual_path = "/packages/v2/adjust"
    stumble = "Could not load file or assembly 'Metrc.Common, Version=2.0.0.0' or one of its dependencies."
    id_fields = ("Id", "PackageId", "LabTestResultId", "Label", "Name")
    price_fields = ("ShipperWholesalePrice", "ReceiverWholesalePrice", "TotalPrice")
    quantity_field = "Quantity"

    def __init__(self):
        self.ledger = Ledger()
        self.doors = {
            ("GET", "ledger"): lambda request: self.ledger.entries(),
            ("POST", "licences"): lambda request: licences.make(self.world, **json.loads(request.body or b"{}")),
        }
        self.forms = by_hand.FORMS
        self.chance = random.Random(1)

    def fill(self, world) -> None:
        self.world, self.limits = world, Limits(world)
        self.ledger.clear()
        self.chance.seed(1)
        self.refusals = 0
        seed.fill(world)

    def drift(self, world, chance) -> list[str]:
        return ["Nothing moves by itself at METRC: people and their programs move it."]

    def load_products(self, world, rows, **how):
        raise ValueError("METRC has no product lists; patch `packages` and `items` instead.")

    # ---- how it is asked

    def caller(self, view, request: Request) -> tuple[str, str | None]:
        """Whether the keys were right (ok, wrong, none), and the licence asked for, else the only one the key opens."""
        licence = access.licence_in(request)
        if access.credentials(request)[0] is None:
            return "none", licence
        user = access.user_of(view, request)
        return ("ok" if user else "wrong"), licence or access.only_licence(user)

    def counted(self, request: Request):
        """One more read is under way; writes are not counted unless the setting `limitWrites` says so."""
        return self.limits.counted(*self._buckets(request)) if self._limited(request) else nullcontext()

    def people(self, request: Request) -> Answer:
        """The web site, as far as people press something on it."""
        return people.answer(self.world, request)

    def answer(self, view, request: Request) -> Answer:
        if self._closed():
            return Answer(status=503, body=MAINTENANCE, type=HTML)
        door, said = find(request.method, request.path)
        door = door or published.find(self.world, access.licence_in(request), request.method, request.path)
        user = access.user_of(self.world, request)
        if user is None:
            return DENIED
        if door is None:
            return self.refuse(405 if said else 404)
        licence = access.licence_in(request)
        facility = access.facility_of(self.world, user, licence)
        if (facility is None and (licence or door.licensed)) or not access.may(view, user, door.permission):
            return DENIED
        if self._limited(request) and not self.limits.within(*self._buckets(request)):
            return self.refuse(429)
        return self._told(door, self._ask(view, request, user, facility, said))

    def refuse(self, status: int) -> Answer:
        """METRC's own words for no."""
        if status == 401:
            return DENIED
        if status == 404:
            return Answer(status=404)
        if status == 429:
            words = "API calls quota exceeded"
            return as_json({"Message": words}, status=429, headers=self._retry_after())
        return as_json({"Message": "The requested resource does not support this method."}, status=status)

    def _ask(self, view, request: Request, user, facility, said) -> Ask:
        home = facility or self.world.get("facilities", user["facilities"][0])
        profile = self.world.get("states", home["_state"])
        lag = self.world.setting("readLagSeconds") if request.method == "GET" and view is self.world else 0
        seen = self.world.as_of(self._drawn(lag)) if lag else view
        return Ask(request, seen, self.world, self.ledger, user, facility, profile, said)

    def _told(self, door, ask: Ask) -> Answer:
        try:
            return door.answer(ask)
        except Refused as refused:
            return refused.answer

    def _closed(self) -> bool:
        """Whether now lies in the window that the setting `maintenance` names: two moments, or null."""
        window = self.world.setting("maintenance")
        return bool(window) and moment(window[0]) <= self.world.now() < moment(window[1])

    def _limited(self, request: Request) -> bool:
        return request.method == "GET" or bool(self.world.setting("limitWrites"))

    def _buckets(self, request: Request) -> list[tuple[str, str]]:
        """The vendor key's, and the licence's where one is asked for."""
        licence = access.licence_in(request)
        vendor = ("vendor", str(access.credentials(request)[0]))
        return [vendor, ("facility", licence)] if licence else [vendor]

    def _retry_after(self) -> dict[str, str]:
        """As the setting `retryAfter` says: mostly (every fourth time it is left out), absent, or so many seconds."""
        form = self.world.setting("retryAfter")
        if form == "absent":
            return {}
        self.refusals += 1
        seconds = 1 + self.refusals % 5 if form == "mostly" else form
        return {} if form == "mostly" and self.refusals % 4 == 0 else {"Retry-After": str(seconds)}

    def _drawn(self, lag) -> float:
        """The setting is a number of seconds, or two to draw one from for each read."""
        return self.chance.uniform(*lag) if isinstance(lag, list) else lag

    # ---- what faults need to know

    def list_in(self, payload) -> list | None:
        return payload.get("Data") if isinstance(payload, dict) else payload if isinstance(payload, list) else None

    def with_list(self, payload, rows):
        if not isinstance(payload, dict) or not isinstance(rows, list):
            return rows
        none = dict.fromkeys(TOTALS, 0) if not rows else {}
        return {**payload, "Data": rows, "RecordsOnPage": len(rows), **none}

    def start_of(self, request: Request) -> int | None:
        query = {name.lower(): value for name, value in request.query.items()}
        if "pagenumber" not in query:
            return None
        return (int(query["pagenumber"]) - 1) * int(query.get("pagesize", USUAL_PAGE))

    def from_start(self, request: Request, start: int | None) -> Request:
        return replace(request, headers={**request.headers, FROM: str(start or 0)})

    # ---- the control page

    def stores(self, world):
        for facility in world.rows("facilities"):
            number = facility["License"]["Number"]
            rows = [row for row in world.rows("packages") if row["_facility"] == number]
            units = f"{sum(row['Quantity'] for row in rows):g}"
            yield facility["FacilityId"], facility["Name"], number, len(rows), units

    def chores(self, world):
        return by_hand.chores(world)

    def choices(self, world):
        for row in sorted(world.rows("packages"), key=lambda row: (row["_facility"], row["Label"])):
            units = f"{row['Quantity']:g} {row['UnitOfMeasureName']}"
            yield row["Id"], f"{row['_facility']} · {(row['Item'] or {}).get('Name')} · {row['Label']} · {units}"
