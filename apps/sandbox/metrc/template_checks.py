"""What METRC finds wrong with a transfer template: every message, in its words."""

import re
from datetime import datetime

from . import packages
from .ask import Ask
from .lists import of_state

LEG = ("TransporterFacilityLicenseNumber", "DriverName", "DriverLicenseNumber", "DriverOccupationalLicenseNumber")
DRIVERS, NUMBER = LEG[2:], re.compile(r"[\w .-]+")
VEHICLE = ("VehicleMake", "VehicleModel", "VehicleLicensePlateNumber")


def faults(ask: Ask, row: dict) -> list[str]:
    """Everything wrong with one template."""
    destinations = row.get("Destinations") or []
    texts = [] if row.get("Name") else ["Name was not specified."]
    if ask.profile["uniqueTemplateNames"] and _named(ask, row):
        texts.append(f'A Transfer Template named "{row["Name"]}" already exists.')
    if not destinations:
        texts.append("Destinations was not specified.")
    texts += [text for destination in destinations for text in _destination(ask, destination)]
    labels = [
        package.get("PackageLabel") for destination in destinations for package in destination.get("Packages") or []
    ]
    return texts + [f"Package {label} was specified more than once." for label in _twice(labels)]


def package_fault(ask_world, profile: dict, licence: str, label: str) -> str:
    """Why this package cannot be transferred from this licence; "" when it can."""
    package = packages.at(ask_world, licence, label)
    if package is None or package["IsFinished"]:
        return f"Package {label} does not exist in the current Facility."
    if package.get("_delivery"):
        return f"Package {label} is already on a registered transfer."
    allowed = ask_world.get("facilities", licence)["AllowTransferOfOnHoldPackages"]
    if package["IsOnHold"] and not allowed:
        return f"Package {label} is on hold and cannot be transferred."
    if package["LabTestingState"] in profile["labStatesRefused"]:
        return f"Package is marked as {package['LabTestingState']} and cannot be transferred."
    return ""


def _destination(ask: Ask, said: dict) -> list[str]:
    number = said.get("RecipientLicenseNumber")
    needed = ("RecipientLicenseNumber", "TransferTypeName", "PlannedRoute", "Packages", "Transporters")
    texts = [f"{name} was not specified." for name in needed if not said.get(name)]
    if number and (number == ask.licence or ask.world.get("facilities", number) is None):
        texts.append(f"Recipient License Number '{number}' is not valid.")
    texts += _times(said)
    texts += [text for leg in said.get("Transporters") or [] for text in _leg(ask, leg)]
    kind = {row["Name"]: row for row in of_state(ask, "transferTypes")}.get(said.get("TransferTypeName"))
    texts += _type(kind, said) if said.get("TransferTypeName") else []
    for package in said.get("Packages") or []:
        texts.append(package_fault(ask.world, ask.profile, ask.licence, package.get("PackageLabel")))
        texts.append(_price_fault(kind, package))
    return [text for text in texts if text]


def _type(kind: dict | None, said: dict) -> list[str]:
    if kind is None or not kind["ForLicensedShipments"]:
        return [f'The Transfer Type "{said["TransferTypeName"]}" is invalid.']
    texts = []
    if kind["RequiresInvoiceNumber"] and not said.get("InvoiceNumber"):
        texts.append("InvoiceNumber was not specified.")
    if kind["RequiresDestinationGrossWeight"] and said.get("GrossWeight") is None:
        texts.append("GrossWeight was not specified.")
    return texts


def _price_fault(kind: dict | None, package: dict) -> str:
    wholesale = kind and kind["TransactionType"] == "Wholesale"
    missing = wholesale and package.get("WholesalePrice") is None
    return f"WholesalePrice was not specified for Package {package.get('PackageLabel')}." if missing else ""


def _leg(ask: Ask, leg: dict) -> list[str]:
    needed = LEG + VEHICLE + (("PhoneNumberForQuestions",) if ask.profile["phoneRequired"] else ())
    texts = [f"{name} was not specified." for name in needed if not leg.get(name)]
    texts += [f"{name} '{leg[name]}' is not valid." for name in DRIVERS if not NUMBER.fullmatch(leg.get(name) or "-")]
    carrier = leg.get("TransporterFacilityLicenseNumber")
    if carrier and ask.world.get("facilities", carrier) is None:
        texts.append(f"Transporter Facility License Number '{carrier}' is not valid.")
    return texts


def _times(said: dict) -> list[str]:
    try:
        leaves, arrives = (
            datetime.fromisoformat(str(said.get(f"Estimated{what}DateTime"))) for what in ("Departure", "Arrival")
        )
        ordered = leaves.replace(tzinfo=None) < arrives.replace(tzinfo=None)
    except ValueError:
        return ["EstimatedDepartureDateTime and EstimatedArrivalDateTime must be valid dates."]
    return [] if ordered else ["Estimated Departure must be before Estimated Arrival."]


def _named(ask: Ask, row: dict) -> bool:
    others = (one for one in ask.world.rows("templates") if one["_facility"] == ask.licence and not one["_archived"])
    return any(one["Name"] == row.get("Name") and one["Id"] != row.get("TransferTemplateId") for one in others)


def _twice(labels: list) -> list:
    return sorted({label for label in labels if labels.count(label) > 1}, key=str)
