"""The further doors: drivers and vehicles, the transporter's hub, goods from outside the system, a package's item."""

import pytest

from .conftest import BLUE_SLATE, HOLLAND, TEMPLATES, template

EXTERNAL = "/transfers/v2/external/incoming"
CARRIER = {"user": "sbx-user-carrier", "licence": "AU-ST-000088"}


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("drivers", {"Name": "Noor Adair", "DriversLicenseNumber": "A 100", "EmployeeId": "EMP-00999"}),
        ("vehicles", {"Make": "Ford", "Model": "Transit", "LicensePlateNumber": "NLS 9999"}),
    ],
)
def test_a_licence_tells_of_its_drivers_and_vehicles(metrc, kind, row):
    path = f"/transporters/v2/{kind}"
    [id] = metrc.write("POST", path, row)
    changed = row | {next(iter(row)): "Changed", "Id": f"{kind[:-1].capitalize()}-{id}"}
    assert metrc.write("PUT", path, changed) is None
    assert changed | {"Id": id} in metrc.data(path)
    assert metrc.ask("DELETE", f"{path}/{id}").status_code == 200
    assert id not in [one["Id"] for one in metrc.data(path)]
    assert len(metrc.refused("POST", path, {})) == 3
    assert metrc.ask("PUT", path, [row | {"Id": 1}], licence="AU-P-000413").status_code == 404


def test_a_transporter_sees_what_it_carries_and_tells_where_it_is(metrc):
    filed = template()
    filed["Destinations"][0]["Transporters"][0]["TransporterFacilityLicenseNumber"] = "AU-ST-000088"
    [id] = metrc.write("POST", TEMPLATES, filed)
    transfer = metrc.pressed(f"templates/{id}/register")
    [row] = metrc.data("/transfers/v2/hub", **CARRIER)
    assert (row["ManifestNumber"], row["TransporterAcceptedDateTime"]) == (transfer["ManifestNumber"], None)
    said = {"ShipmentDeliveryId": row["DeliveryId"], "TransporterDirection": "Outbound"}
    metrc.write("POST", "/transfers/v2/hub/arrive", said, **CARRIER)
    assert metrc.data("/transfers/v2/hub", **CARRIER)[0]["TransporterAcceptedDateTime"]
    assert metrc.refused("POST", "/transfers/v2/hub/depart", said) == [
        (0, f"Shipment Delivery '{row['DeliveryId']}' was not found.")
    ]
    assert metrc.data("/transfers/v2/outgoing")[0]["ReceivedDateTime"] is None


def _from_outside(**fields):
    package = {"ItemName": "Hemp oil", "Quantity": 12.5, "UnitOfMeasureName": "Kilograms", "PackagedDate": "2026-11-01"}
    stop = {"TransferTypeName": "External Cannabinoids", "Packages": [package | fields]}
    return {"ShipperName": "Out of State Hemp", "ShipperLicenseNumber": "HEMP-1", "Destinations": [stop]}


def test_goods_from_outside_come_by_a_manifest_that_a_person_receives(metrc):
    [id] = metrc.write("POST", EXTERNAL, _from_outside())
    [row] = metrc.data("/transfers/v2/incoming")
    assert (row["Id"], row["ShipperFacilityName"], row["ReceivedDateTime"]) == (id, "Out of State Hemp", None)
    [package] = metrc.data(f"/transfers/v2/deliveries/{row['DeliveryId']}/packages")
    metrc.pressed(f"transfers/{id}/receive")
    arrived = metrc.read(f"/packages/v2/{package['PackageLabel']}")
    assert (arrived["Quantity"], arrived["UnitOfMeasureName"], arrived["Item"]["Name"]) == (
        12.5,
        "Kilograms",
        "Hemp oil",
    )
    assert metrc.ask("DELETE", f"{EXTERNAL}/{id}").status_code == 404


def test_such_a_manifest_is_written_anew_and_taken_back_until_it_is_received(metrc):
    [id] = metrc.write("POST", EXTERNAL, _from_outside())
    metrc.write("PUT", EXTERNAL, _from_outside(Quantity=3) | {"TransferId": id})
    [row] = metrc.data("/transfers/v2/incoming")
    [package] = metrc.data(f"/transfers/v2/deliveries/{row['DeliveryId']}/packages")
    assert package["ShippedQuantity"] == 3
    assert metrc.ask("DELETE", f"{EXTERNAL}/{id}").status_code == 200
    assert metrc.data("/transfers/v2/incoming")[0]["IsVoided"] is True


@pytest.mark.parametrize("fields", [{"PackagedDate": None}, {"Quantity": "many"}, {"UnitOfMeasureName": "Bushels"}])
def test_a_wrong_manifest_from_outside_is_refused(metrc, fields):
    assert metrc.refused("POST", EXTERNAL, _from_outside(**fields))
    assert metrc.data("/transfers/v2/incoming") == []


def test_a_licence_that_may_not_take_goods_from_outside_is_401(metrc):
    answer = metrc.ask("POST", EXTERNAL, [_from_outside()], licence="AU-P-000413")
    assert answer.status_code == 401
    assert metrc.ask("POST", EXTERNAL, [], licence=HOLLAND).status_code == 400


def test_a_package_is_given_another_item_of_the_licences_own(metrc):
    name = metrc.data("/items/v2/active")[5]["Name"]
    metrc.write("PUT", "/packages/v2/item", {"Label": BLUE_SLATE, "Item": name.upper()})
    assert metrc.read(f"/packages/v2/{BLUE_SLATE}")["Item"]["Name"] == name
    assert metrc.refused("PUT", "/packages/v2/item", {"Label": BLUE_SLATE, "Item": "Moon dust"}) == [
        (0, 'The Item "Moon dust" is invalid.')
    ]
