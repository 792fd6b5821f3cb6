"""Transfer templates: filed, read back, written anew, archived, and every message about a wrong one."""

import pytest

from .conftest import BLUE_SLATE, COPPER, EASTOWN, HOLLAND, TEMPLATES, template


def test_a_template_is_filed_and_read_back_with_its_stops_packages_and_drivers(metrc):
    [id] = metrc.write("POST", TEMPLATES, template(BLUE_SLATE, COPPER))
    [row] = metrc.data(TEMPLATES)
    assert (row["Id"], row["Name"], row["DeliveryCount"], row["PackageCount"]) == (id, "RU-1042-7K2M9QX4AB", 1, 2)
    assert (row["RecipientFacilityLicenseNumber"], row["ManifestNumber"]) == (EASTOWN, None)
    [stop] = metrc.data(f"{TEMPLATES}/{id}/deliveries")
    assert (stop["RecipientFacilityName"], stop["PlannedRoute"]) == (
        "Juniper & Pine, Eastown",
        "US-31 north, I-196 east",
    )
    packages = metrc.data(f"{TEMPLATES}/deliveries/{stop['Id']}/packages")
    assert [package["PackageLabel"] for package in packages] == [BLUE_SLATE, COPPER]
    [carrier] = metrc.data(f"{TEMPLATES}/deliveries/{stop['Id']}/transporters")
    [driver] = metrc.data(f"{TEMPLATES}/deliveries/{stop['Id']}/transporters/details")
    assert (carrier["TransporterFacilityName"], driver["DriverName"]) == ("Northlight, Holland", "Ines Calloway")


def test_a_name_may_be_used_twice_unless_the_state_forbids_it(metrc):
    metrc.write("POST", TEMPLATES, template())
    metrc.write("POST", TEMPLATES, template())
    assert len(metrc.data(TEMPLATES)) == 2
    metrc.ctl("world", {"states": {"mi": {"uniqueTemplateNames": True}}})
    assert "already exists" in metrc.refused("POST", TEMPLATES, template())[0][1]


def test_put_writes_a_template_anew_under_its_id(metrc):
    [id] = metrc.write("POST", TEMPLATES, template())
    [stop] = metrc.data(f"{TEMPLATES}/{id}/deliveries")
    anew = template(COPPER, TransferDestinationId=stop["Id"]) | {"TransferTemplateId": id}
    assert metrc.write("PUT", TEMPLATES, anew) is None
    [package] = metrc.data(f"{TEMPLATES}/deliveries/{stop['Id']}/packages")
    assert (package["PackageLabel"], len(metrc.data(TEMPLATES))) == (COPPER, 1)
    assert metrc.refused("PUT", TEMPLATES, template()) == [(0, "TransferTemplateId was not specified.")]


def test_delete_archives_and_nothing_of_it_is_read_any_more(metrc):
    [id] = metrc.write("POST", TEMPLATES, template())
    assert metrc.ask("DELETE", f"{TEMPLATES}/{id}").status_code == 200
    assert metrc.data(TEMPLATES) == []
    assert metrc.ask("DELETE", f"{TEMPLATES}/{id}").status_code == 404
    assert metrc.press(f"templates/{id}/register").status_code == 400


def test_another_licence_sees_nothing_of_a_template(metrc):
    [id] = metrc.write("POST", TEMPLATES, template())
    shop = {"user": "sbx-user-juniper", "licence": EASTOWN}
    assert metrc.data(TEMPLATES, **shop) == []
    assert metrc.ask("GET", f"{TEMPLATES}/{id}/deliveries", **shop).status_code == 404
    assert metrc.ask("DELETE", f"{TEMPLATES}/{id}", **shop).status_code == 404


LEG = template()["Destinations"][0]["Transporters"][0]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"RecipientLicenseNumber": "AU-R-none"}, "Recipient License Number 'AU-R-none' is not valid."),
        ({"RecipientLicenseNumber": HOLLAND}, f"Recipient License Number '{HOLLAND}' is not valid."),
        ({"TransferTypeName": "Transfer"}, 'The Transfer Type "Transfer" is invalid.'),
        ({"TransferTypeName": "External Cannabinoids"}, 'The Transfer Type "External Cannabinoids" is invalid.'),
        ({"PlannedRoute": ""}, "PlannedRoute was not specified."),
        ({"EstimatedArrivalDateTime": "2026-11-18T08:00:00"}, "Estimated Departure must be before Estimated Arrival."),
        ({"EstimatedArrivalDateTime": "noon"}, "must be valid dates."),
        ({"Packages": []}, "Packages was not specified."),
        ({"Packages": [{"PackageLabel": "none", "WholesalePrice": 1}]}, "Package none does not exist in the current"),
        ({"Packages": [{"PackageLabel": BLUE_SLATE}]}, f"WholesalePrice was not specified for Package {BLUE_SLATE}."),
        ({"Packages": [{"PackageLabel": COPPER, "WholesalePrice": 1}] * 2}, "was specified more than once."),
        ({"Transporters": []}, "Transporters was not specified."),
        ({"Transporters": [LEG | {"VehicleModel": ""}]}, "VehicleModel was not specified."),
        ({"Transporters": [LEG | {"PhoneNumberForQuestions": None}]}, "PhoneNumberForQuestions was not specified."),
        ({"Transporters": [LEG | {"TransporterFacilityLicenseNumber": "x"}]}, "Number 'x' is not valid."),
    ],
)
def test_a_wrong_template_is_refused_in_words(metrc, fields, message):
    said = metrc.refused("POST", TEMPLATES, template(**fields))
    assert [row for row, text in said if message in text] == [0], said
    assert (metrc.data(TEMPLATES), metrc.ledger()) == ([], [])


def test_massachusetts_refuses_a_package_that_no_lab_has_passed(metrc):
    bay = {"user": "sbx-user-massachusetts", "licence": "MP281412"}
    label, held = "1A4050300009301000000006", "1A4050300009301000000005"
    leg = LEG | {"TransporterFacilityLicenseNumber": "MP281412"}
    how = {"recipient": "MR281377", "TransferTypeName": "Affiliated", "Transporters": [leg]}
    assert metrc.refused("POST", TEMPLATES, template(label, **how), **bay) == [
        (0, "Package is marked as NotSubmitted and cannot be transferred.")
    ]
    assert "is on hold" in metrc.refused("POST", TEMPLATES, template(held, **how), **bay)[0][1]
    id = next(id for id, row in metrc.ctl("world").json()["packages"].items() if row["Label"] == label)
    metrc.ctl("world", {"packages": {id: {"LabTestingState": "TestPassed"}}})
    assert len(metrc.write("POST", TEMPLATES, template(label, **how), **bay)) == 1


def test_a_type_that_wants_an_invoice_gets_one(metrc):
    gate = {"user": "sbx-user-california", "licence": "C11-0000412-LIC"}
    leg = LEG | {"TransporterFacilityLicenseNumber": "C11-0000412-LIC"}
    how = {"recipient": "C10-0000977-LIC", "TransferTypeName": "Wholesale Manifest", "Transporters": [leg]}
    label = "1A4050300009101000000002"
    assert metrc.refused("POST", TEMPLATES, template(label, **how), **gate) == [(0, "InvoiceNumber was not specified.")]
    assert metrc.write("POST", TEMPLATES, template(label, InvoiceNumber="INV-1", **how), **gate)
