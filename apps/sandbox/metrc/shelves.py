"""A package for each METRC tag on a shelf of Dutchie's seed: at the licence of that store, with the same quantity."""

import json
from datetime import timedelta
from pathlib import Path

from apps.sandbox.days import moved

from .numbers import next_id

POS = Path(__file__).parent.parent / "seeds" / "dutchie.json"
CATEGORIES = {
    "Flower": "Buds (packaged)",
    "Edibles": "Infused Edible",
    "Vapes": "Vape Product",
    "Pre-rolls": "Raw Pre-Rolls",
    "Drinks": "Infused Beverage",
    "Concentrates": "Concentrate (packaged)",
}
LAB_STATES = {"Passed": "TestPassed", "Failed": "TestFailed"}
TAG_LENGTH = 24
LAB = {"LabFacilityName": "Great Lakes Assay", "LabFacilityLicenseNumber": "AU-SC-000118"}


def fill(world, days: timedelta) -> None:
    """Both seeds are written for the same date."""
    pos = moved(json.loads(POS.read_text(encoding="utf-8")), days)
    licences = {store["locationId"]: store["licenseNumber"] for store in pos["locations"].values()}
    items: dict[tuple[str, int], dict] = {}
    for row in pos["inventory"].values():
        licence, product = licences[row["_locationId"]], pos["products"][str(row["productId"])]
        if world.get("facilities", licence) and len(row.get("externalPackageId") or "") == TAG_LENGTH:
            item = items.get((licence, row["productId"])) or _item(world, licence, product)
            items[licence, row["productId"]] = item
            _shelve(world, licence, row, item)


def _item(world, licence: str, product: dict) -> dict:
    number = next_id(world)
    item = {
        "Id": number,
        "Name": product["productName"],
        "ProductCategoryName": CATEGORIES.get(product["category"], "Other"),
        "ProductCategoryType": product["category"],
        "QuantityType": "CountBased",
        "UnitOfMeasureName": "Each",
        "StrainName": product.get("strain"),
        "ItemBrandName": product.get("brandName"),
        "ApprovalStatus": "Approved",
    }
    return world.put("items", number, {**item, "_facility": licence})


def _shelve(world, licence: str, row: dict, item: dict) -> None:
    number = next_id(world)
    package = {
        "Label": row["externalPackageId"],
        "Quantity": row["quantityAvailable"],
        "UnitOfMeasureName": "Each",
        "UnitOfMeasureAbbreviation": "ea",
        "Item": {name: value for name, value in item.items() if not name.startswith("_")},
        "LocationName": "Vault",
        "LabTestingState": LAB_STATES.get(row["labTestStatus"], "NotSubmitted"),
        "LabTestingStateDate": row.get("testedDate"),
        "PackagedDate": (row.get("packagedDate") or "")[:10] or None,
        "ExpirationDate": (row.get("expirationDate") or "")[:10] or None,
        "ProductionBatchNumber": row.get("batchName"),
        "LastModified": row["lastModifiedDateUtc"].replace("Z", "+00:00"),
        "_facility": licence,
    }
    world.put("packages", number, package)
    for place, test in enumerate(row.get("labResults") or []):
        _test(world, package, number * 10 + place, test, document=number)


def _test(world, package: dict, id: int, test: dict, *, document: int) -> None:
    result = {
        "LabTestResultId": id,
        "ProductName": package["Item"]["Name"],
        "ProductCategoryName": package["Item"]["ProductCategoryName"],
        "TestTypeName": f"{test['labTest']} ({test['labResultUnit']})",
        "TestResultLevel": test["value"],
        "TestPerformedDate": (package["LabTestingStateDate"] or "")[:10] or None,
        "LabTestResultDocumentFileId": document,
        **LAB,
        "_label": package["Label"],
    }
    world.put("labResults", id, result)
