"""What people press at METRC's web site, and what programs then read of it."""

import base64

import pytest

from .conftest import ADJUST, BLUE_SLATE, COPPER, EASTOWN, HOLLAND, TEMPLATES, TOKEN, adjustment, template

SHOP = {"user": "sbx-user-juniper", "licence": EASTOWN}


@pytest.fixture
def transfer(metrc):
    """Registered, with two packages on their way to Eastown."""
    [id] = metrc.write("POST", TEMPLATES, template(BLUE_SLATE, COPPER))
    return metrc.pressed(f"templates/{id}/register") | {"template": id}


def _states(metrc, delivery, **how):
    rows = metrc.data(f"/transfers/v2/deliveries/{delivery}/packages", **how)
    return {row["PackageLabel"]: (row["ShipmentPackageState"], row["ReceivedQuantity"]) for row in rows}


def _delivery(metrc, transfer):
    [stop] = metrc.data(f"/transfers/v2/{transfer['Id']}/deliveries")
    return stop["Id"]


@pytest.mark.parametrize("token", ["", "wrong"])
def test_without_the_token_there_is_no_web_site(metrc, token):
    [id] = metrc.write("POST", TEMPLATES, template())
    assert metrc.press(f"templates/{id}/register", token=token).status_code == 404
    assert metrc.data("/transfers/v2/outgoing") == []


def test_registering_gives_a_manifest_number_and_both_sides_see_the_transfer(metrc, transfer):
    assert transfer["ManifestNumber"].isdecimal()
    assert len(transfer["ManifestNumber"]) == 10
    [mine] = metrc.data("/transfers/v2/outgoing")
    assert (mine["Id"], mine["OriginatingTemplateId"], mine["Name"]) == (
        transfer["Id"],
        transfer["template"],
        "RU-1042-7K2M9QX4AB",
    )
    theirs = metrc.data("/transfers/v2/incoming", **SHOP)[-1]
    assert (theirs["ManifestNumber"], theirs["DeliveryId"]) == (transfer["ManifestNumber"], _delivery(metrc, transfer))
    assert (theirs["ShipperFacilityLicenseNumber"], theirs["PackageCount"], theirs["ReceivedDateTime"]) == (
        HOLLAND,
        2,
        None,
    )


def test_packages_in_transit_are_on_no_other_shelf_and_take_no_change(metrc, transfer):
    labels = {shelf: {row["Label"] for row in metrc.data(f"/packages/v2/{shelf}")} for shelf in ("active", "intransit")}
    assert labels["intransit"] == {BLUE_SLATE, COPPER}
    assert BLUE_SLATE not in labels["active"]
    assert "is in transit" in metrc.refused("POST", ADJUST, adjustment())[0][1]
    assert "already on a registered transfer" in metrc.refused("POST", TEMPLATES, template())[0][1]
    assert metrc.press(f"templates/{transfer['template']}/register").status_code == 400


def test_a_state_may_leave_out_which_template_a_transfer_came_from(metrc):
    metrc.ctl("world", {"states": {"mi": {"templateIdOnTransfer": False}}})
    [id] = metrc.write("POST", TEMPLATES, template())
    assert metrc.pressed(f"templates/{id}/register")["OriginatingTemplateId"] is None


def test_the_manifest_is_a_pdf_whose_text_can_be_read(metrc, transfer):
    file = metrc.read(f"/transfers/v2/manifest/{transfer['Id']}/pdf")
    pdf = base64.b64decode(file["FileContents"])
    assert pdf.startswith(b"%PDF")
    assert f"Manifest {transfer['ManifestNumber']}".encode() in pdf
    assert f"1. {BLUE_SLATE} Blue Slate".encode() in pdf


def test_the_manifest_is_for_both_sides_and_nobody_else(metrc, transfer):
    path = f"/transfers/v2/manifest/{transfer['Id']}/"
    file = metrc.read(path + "pdf", **SHOP)
    assert base64.b64decode(file["FileContents"]).startswith(b"%PDF")
    assert transfer["ManifestNumber"] in metrc.ask("GET", path + "html").text
    fernway = {"user": "sbx-user-fernway", "licence": "AU-R-010377"}
    assert metrc.ask("GET", path + "pdf", **fernway).status_code == 404
    delivery = _delivery(metrc, transfer)
    assert metrc.ask("GET", f"/transfers/v2/deliveries/{delivery}/packages", **fernway).status_code == 404


def test_receiving_whole_moves_each_package_under_the_same_tag_and_a_new_id(metrc, transfer):
    metrc.pressed(f"transfers/{transfer['Id']}/depart")
    metrc.pressed(f"transfers/{transfer['Id']}/receive")
    delivery = _delivery(metrc, transfer)
    assert _states(metrc, delivery) == {BLUE_SLATE: ("Accepted", 864), COPPER: ("Accepted", 264)}
    [row] = [one for one in metrc.data("/transfers/v2/incoming", **SHOP) if one["Id"] == transfer["Id"]]
    assert row["ReceivedDateTime"]
    assert row["ActualDepartureDateTime"]
    theirs = metrc.read(f"/packages/v2/{BLUE_SLATE}", **SHOP)
    ours = metrc.read(f"/packages/v2/{BLUE_SLATE}")
    assert (theirs["Quantity"], theirs["ReceivedFromManifestNumber"]) == (864, transfer["ManifestNumber"])
    assert (ours["Quantity"], ours["Id"] != theirs["Id"]) == (0, True)
    assert {one["Label"] for one in metrc.data("/packages/v2/transferred")} == {BLUE_SLATE, COPPER}


def test_a_package_may_be_received_short_and_another_rejected(metrc, transfer):
    said = {"packages": [{"label": BLUE_SLATE, "received": 860}, {"label": COPPER, "rejected": True}]}
    metrc.pressed(f"transfers/{transfer['Id']}/receive", said)
    delivery = _delivery(metrc, transfer)
    assert _states(metrc, delivery, **SHOP) == {BLUE_SLATE: ("Accepted", 860), COPPER: ("Rejected", 0)}
    assert metrc.quantity(BLUE_SLATE, **SHOP) == 860
    assert metrc.ask("GET", f"/packages/v2/{COPPER}", **SHOP).status_code == 404
    assert [row["Id"] for row in metrc.data("/transfers/v2/rejected")] == [transfer["Id"]]


def test_what_was_rejected_is_taken_back(metrc, transfer):
    vendors_names = {"PackageLabel": COPPER, "ShipmentPackageState": "Rejected"}
    metrc.pressed(f"transfers/{transfer['Id']}/receive", {"Packages": [vendors_names]})
    metrc.pressed(f"transfers/{transfer['Id']}/takeback")
    assert _states(metrc, _delivery(metrc, transfer))[COPPER] == ("Returned", 0)
    assert metrc.data("/transfers/v2/rejected") == []
    assert COPPER in {row["Label"] for row in metrc.data("/packages/v2/active")}


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ({"packages": [{"label": "none"}]}, "Not on this Delivery: none."),
        ({"packages": [{"label": BLUE_SLATE, "received": -1}]}, "is not valid"),
        ({"packages": [{"label": BLUE_SLATE, "received": "many"}]}, "is not valid"),
        ({"delivery": 1}, "is not part of this Transfer."),
    ],
)
def test_a_receipt_that_cannot_be_is_refused_and_nothing_moves(metrc, transfer, said, message):
    answer = metrc.press(f"transfers/{transfer['Id']}/receive", said)
    assert (answer.status_code, message in answer.json()["Message"]) == (400, True)
    assert _states(metrc, _delivery(metrc, transfer))[BLUE_SLATE] == ("Shipped", None)


def test_where_a_state_knows_no_partial_receipt_a_package_is_taken_whole_or_rejected(metrc, transfer):
    metrc.ctl("world", {"states": {"mi": {"partialReceive": False}}})
    short = {"packages": [{"label": BLUE_SLATE, "received": 860}]}
    assert metrc.press(f"transfers/{transfer['Id']}/receive", short).status_code == 400
    metrc.pressed(f"transfers/{transfer['Id']}/receive", {"packages": [{"label": BLUE_SLATE, "rejected": True}]})


def test_a_transfer_is_received_once_and_a_voided_one_never(metrc, transfer):
    metrc.pressed(f"transfers/{transfer['Id']}/void")
    assert metrc.data("/transfers/v2/outgoing")[0]["IsVoided"] is True
    assert metrc.quantity() == 864
    assert BLUE_SLATE in {row["Label"] for row in metrc.data("/packages/v2/active")}
    assert metrc.press(f"transfers/{transfer['Id']}/receive").status_code == 400
    again = metrc.pressed(f"templates/{transfer['template']}/register")
    metrc.pressed(f"transfers/{again['Id']}/receive")
    assert metrc.press(f"transfers/{again['Id']}/receive").status_code == 400
    assert metrc.press(f"transfers/{again['Id']}/void").status_code == 400


def test_prices_need_a_permission_of_their_own(metrc, transfer):
    path = f"/transfers/v2/deliveries/{_delivery(metrc, transfer)}/packages/wholesale"
    assert [row["ShipperWholesalePrice"] for row in metrc.data(path)] == [480, 480]
    assert metrc.ask("GET", path, user="sbx-user-northlight-no-prices").status_code == 401


def test_each_shop_has_a_transfer_coming_on_the_first_day(metrc):
    shops = {EASTOWN: "sbx-user-juniper", "AU-R-010244": "sbx-user-old-harbor", "AU-R-010377": "sbx-user-fernway"}
    for licence, user in shops.items():
        [row] = metrc.data("/transfers/v2/incoming", user=user, licence=licence)
        assert (row["ShipperFacilityName"], row["ReceivedDateTime"]) == ("Fox Hollow Gardens", None)
        assert metrc.data(f"/transfers/v2/deliveries/{row['DeliveryId']}/packages", user=user, licence=licence)


@pytest.mark.parametrize("path", ["templates/1/register", "transfers/1/receive", "transfers/100937/fly", "nothing"])
def test_what_is_not_there_cannot_be_pressed(metrc, path):
    assert metrc.press(path).status_code == 404


def test_a_page_is_only_pressed_by_post_and_the_journal_tells_of_it(metrc, transfer):
    headers = {"X-Control-Token": "control"}
    url = f"{metrc.url}/_ui/transfers/{transfer['Id']}/receive"
    assert metrc.session.get(url, headers=headers).status_code == 405
    metrc.pressed(f"transfers/{transfer['Id']}/receive")
    entry = metrc.journal()[-1]
    assert (entry["path"], entry["status"], entry["committed"]) == (
        f"/_ui/transfers/{transfer['Id']}/receive",
        200,
        True,
    )


def test_a_package_given_away_is_no_longer_the_shippers_until_it_comes_back(metrc, transfer):
    metrc.pressed(f"transfers/{transfer['Id']}/receive")
    away = (0, f"Package {BLUE_SLATE} does not exist in the current Facility.")
    assert metrc.refused("POST", ADJUST, adjustment()) == [away]
    metrc.write("POST", ADJUST, adjustment(-4), **SHOP)
    back = template(recipient=HOLLAND)
    back["Destinations"][0]["Transporters"][0]["TransporterFacilityLicenseNumber"] = EASTOWN
    [id] = metrc.write("POST", TEMPLATES, back, **SHOP)
    metrc.pressed(f"transfers/{metrc.pressed(f'templates/{id}/register')['Id']}/receive")
    assert (metrc.quantity(), metrc.quantity(**SHOP)) == (860, 0)
    metrc.write("POST", ADJUST, adjustment(-1))
    assert metrc.quantity() == 859


def test_people_order_tags_and_the_page_reminds_them_when_few_are_left(metrc):
    def page(act="look", **form):
        return metrc.session.post(f"{metrc.url}/_ctl/", data={"token": TOKEN, "act": act, **form}, timeout=5).text

    def unused():
        return len(metrc.read("/tags/v2/package/available"))

    before = unused()
    assert metrc.pressed(f"facilities/{HOLLAND}/order_tags", {"count": 5})["License"]["Number"] == HOLLAND
    assert unused() == before + 5
    assert metrc.press(f"facilities/{HOLLAND}/order_tags", {"count": 0}).status_code == 400
    assert "package tags left" not in page()

    labels = [row["Id"] for row in metrc.read("/tags/v2/package/available")]
    metrc.ctl("world", {"tags": {str(id): {"_used": True} for id in labels[3:]}})
    assert "has 3 package tags left" in page()
    assert "has 23 package tags." in page("order", id=HOLLAND)
    assert unused() == 23
