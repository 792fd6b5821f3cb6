"""Licences by the dozen, for benches and labs: `POST /_ctl/licences {"count": 100, "packages": 20}`."""

from .numbers import next_id

ITEM = {"Name": "Bench flower", "ProductCategoryName": "Buds (packaged)", "QuantityType": "CountBased"}


def make(world, *, count: int, packages: int = 10, quantity: float = 1000.0, state: str = "mi") -> dict:
    """Makes so many licences more with a user key and packages each; answers `{"vendor": key, "licences": [{"licence",
    "key", "labels"}]}`. More than 5000 licences or packages each are a ValueError."""
    if not (0 < count <= 5000 and 0 <= packages <= 5000):
        raise ValueError("count is 1 to 5000, packages at most 5000.")
    vendor, row = next((key, row) for key, row in world.dump()["vendorKeys"].items() if row["active"])
    return {"vendor": vendor, "licences": [_one(world, packages, quantity, state, row["name"]) for _ in range(count)]}


def _one(world, packages: int, quantity: float, state: str, vendor: str) -> dict:
    number = next_id(world)
    licence, key = f"SBX-{number}", f"sbx-user-{number}"
    world.put("facilities", licence, {"Name": f"Bench {number}", "FacilityId": number, "_state": state})
    world.put("userKeys", key, {"vendor": vendor, "name": f"Bench {number}", "facilities": [licence]})
    labels = [_package(world, licence, quantity) for _ in range(packages)]
    return {"licence": licence, "key": key, "labels": labels}


def _package(world, licence: str, quantity: float) -> str:
    number = next_id(world)
    label = f"1A40503{number:017}"
    package = {"Label": label, "Quantity": quantity, "UnitOfMeasureName": "Each", "Item": ITEM}
    world.put("packages", number, {**package, "LabTestingState": "TestPassed", "_facility": licence})
    return label
