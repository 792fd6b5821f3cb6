"""The paths METRC publishes, each with its permission; whatever stands in no line of this table is 404, as it is there.
No state publishes a call that receives a transfer or registers one; `published` plays one that would."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from apps.sandbox.wire import Answer

from . import adjust, changes, external, fleet, hub, lists, packages, paper, repack, sales, templates, transfers
from .ask import Ask


@dataclass(frozen=True)
class Door:
    """`licensed`: the call must name a licence."""

    answer: Callable[[Ask], Answer]
    permission: str | None = None
    licensed: bool = True


def _open(answer, permission=None) -> Door:
    return Door(answer, permission, licensed=False)


PACKAGES, INVENTORY = "View Packages", "Manage Packages Inventory"
VIEW, TEMPLATES, CHANGE = "View Transfers", "View Transfer Templates", "Manage Transfer Templates"
SALES, FLEET, HUB = "Manage Sales", "Manage Transporters", "Manage Transfer Hub"
MANAGE = "Manage Transfers"
OUTGOING = "/transfers/v2/templates/outgoing"
DELIVERY = "/transfers/v2/deliveries/{id}"

DOORS: dict[tuple[str, str], Door] = {
    ("GET", "/facilities/v2"): _open(lists.facilities),
    ("GET", "/employees/v2"): Door(lists.employees, "View Employees"),
    ("GET", "/unitsofmeasure/v2/active"): _open(lists.units),
    ("GET", "/unitsofmeasure/v2/inactive"): _open(lists.none),
    ("GET", "/locations/v2/active"): Door(lists.own("locations")),
    ("GET", "/locations/v2/types"): Door(lists.location_types),
    ("GET", "/sublocations/v2/active"): Door(lists.own("sublocations")),
    ("GET", "/transporters/v2/drivers"): Door(lists.own("drivers"), "Transporters"),
    ("GET", "/transporters/v2/vehicles"): Door(lists.own("vehicles"), "Transporters"),
    **{("POST", f"/transporters/v2/{kind}"): Door(fleet.add(kind), FLEET) for kind in fleet.NEEDED},
    **{("PUT", f"/transporters/v2/{kind}"): Door(fleet.change(kind), FLEET) for kind in fleet.NEEDED},
    **{("DELETE", f"/transporters/v2/{kind}/{{id}}"): Door(fleet.remove(kind), FLEET) for kind in fleet.NEEDED},
    ("GET", "/tags/v2/package/available"): Door(lists.tags),
    ("GET", "/tags/v2/plant/available"): Door(lists.nothing),
    ("GET", "/tags/v2/staged"): Door(lists.nothing),
    ("GET", "/items/v2/active"): Door(lists.items),
    ("GET", "/items/v2/inactive"): Door(lists.none),
    ("GET", "/items/v2/categories"): Door(lists.categories),
    ("GET", "/items/v2/{id}"): Door(lists.item),
    ("GET", "/labtests/v2/states"): _open(lists.lab_states),
    ("GET", "/labtests/v2/types"): Door(lists.lab_types),
    ("GET", "/labtests/v2/results"): Door(lists.lab_results, "View Lab Tests"),
    ("GET", "/labtests/v2/labtestdocument/{id}"): Door(paper.certificate, "View Lab Tests"),
    ("GET", "/packages/v2/types"): _open(lists.package_types),
    ("GET", "/packages/v2/adjust/reasons"): Door(lists.reasons),
    ("GET", "/packages/v2/adjustments"): Door(packages.adjustments, PACKAGES),
    **{("GET", f"/packages/v2/{shelf}"): Door(packages.shelf(shelf), PACKAGES) for shelf in packages.SHELVES},
    ("GET", "/packages/v2/{id}"): _open(packages.one, PACKAGES),
    ("POST", "/packages/v2"): Door(repack.create, "Create/Submit/Discontinue Packages"),
    ("POST", "/packages/v2/adjust"): Door(adjust.add, INVENTORY),
    ("PUT", "/packages/v2/adjust"): Door(adjust.put, INVENTORY),
    ("PUT", "/packages/v2/finish"): Door(changes.finish, INVENTORY),
    ("PUT", "/packages/v2/unfinish"): Door(changes.unfinish, INVENTORY),
    ("PUT", "/packages/v2/item"): Door(changes.item, INVENTORY),
    ("PUT", "/packages/v2/location"): Door(changes.move, INVENTORY),
    ("PUT", "/packages/v2/note"): Door(changes.note, "Manage Package Notes"),
    ("PUT", "/packages/v2/externalid"): Door(changes.external_id, INVENTORY),
    **{("GET", f"/transfers/v2/{way}"): Door(transfers.listed(way), VIEW) for way in transfers.WAYS},
    ("GET", "/transfers/v2/types"): Door(lists.transfer_types),
    ("GET", "/transfers/v2/{id}/deliveries"): _open(transfers.deliveries, VIEW),
    ("GET", "/transfers/v2/deliveries/packages/states"): _open(lists.delivery_states),
    ("GET", f"{DELIVERY}/packages"): _open(transfers.packages, VIEW),
    ("GET", f"{DELIVERY}/packages/wholesale"): _open(transfers.prices, "View Wholesale"),
    ("GET", f"{DELIVERY}/transporters"): _open(transfers.transporters, VIEW),
    ("GET", f"{DELIVERY}/transporters/details"): _open(transfers.details, VIEW),
    ("GET", "/transfers/v2/manifest/{id}/pdf"): _open(paper.manifest_pdf, VIEW),
    ("GET", "/transfers/v2/manifest/{id}/html"): _open(paper.manifest_html, VIEW),
    ("GET", "/transfers/v2/hub"): Door(hub.listed, HUB),
    **{("POST", f"/transfers/v2/hub/{name}"): Door(hub.act(name), HUB) for name in hub.ACTS},
    ("POST", "/transfers/v2/external/incoming"): Door(external.create, MANAGE),
    ("PUT", "/transfers/v2/external/incoming"): Door(external.rewrite, MANAGE),
    ("DELETE", "/transfers/v2/external/incoming/{id}"): Door(external.remove, MANAGE),
    ("GET", OUTGOING): Door(templates.listed, TEMPLATES),
    ("POST", OUTGOING): Door(templates.create, CHANGE),
    ("PUT", OUTGOING): Door(templates.rewrite, CHANGE),
    ("DELETE", OUTGOING + "/{id}"): Door(templates.archive, CHANGE),
    ("GET", OUTGOING + "/{id}/deliveries"): _open(templates.deliveries, TEMPLATES),
    ("GET", OUTGOING + "/deliveries/{id}/packages"): _open(templates.packages, TEMPLATES),
    ("GET", OUTGOING + "/deliveries/{id}/transporters"): _open(templates.transporters, TEMPLATES),
    ("GET", OUTGOING + "/deliveries/{id}/transporters/details"): _open(templates.details, TEMPLATES),
    ("GET", "/sales/v2/customertypes"): Door(lists.customer_types),
    ("GET", "/sales/v2/receipts/active"): Door(sales.listed(final=False), SALES),
    ("GET", "/sales/v2/receipts/inactive"): Door(sales.listed(final=True), SALES),
    ("GET", "/sales/v2/receipts/external/{id}"): Door(sales.external, SALES),
    ("POST", "/sales/v2/receipts"): Door(sales.sell, SALES),
    ("DELETE", "/sales/v2/receipts/{id}"): Door(sales.undo, SALES),
}


def _pattern(path: str) -> re.Pattern:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


PLAIN = {(method, path): door for (method, path), door in DOORS.items() if "{" not in path}
WORDED = [(method, _pattern(path), door) for (method, path), door in DOORS.items() if "{" in path]
PATHS = {path for _, path in PLAIN}


def find(method: str, path: str) -> tuple[Door | None, dict[str, str]]:
    """The door of a call and the words out of its path. None and {} for a path METRC does not publish; None and some
    words for one that it publishes for other methods."""
    path = path.rstrip("/")
    if door := PLAIN.get((method, path)):
        return door, {}
    matches = [(of, found.groupdict(), door) for of, pattern, door in WORDED if (found := pattern.fullmatch(path))]
    for of, words, door in matches:
        if of == method and path not in PATHS:
            return door, words
    return None, {"path": path} if matches or path in PATHS else {}
