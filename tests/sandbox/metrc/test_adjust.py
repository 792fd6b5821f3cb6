"""Writes on packages: the delta and the final quantity, every message, batches, finish, new packages, receipts."""

import pytest

from .conftest import ADJUST, BLUE_SLATE, COPPER, REASON, adjustment

FINISH = "/packages/v2/finish"


def test_post_adds_a_signed_quantity_and_leaves_an_adjustment_with_our_note(metrc):
    [id] = metrc.write("POST", ADJUST, adjustment(-2.5))
    assert metrc.quantity() == 861.5
    [row] = metrc.data("/packages/v2/adjustments")
    assert row == {
        "PackageId": id,
        "PackageLabel": BLUE_SLATE,
        "AdjustmentDate": "2026-11-17",
        "AdjustmentQuantity": -2.5,
        "AdjustmentUnitOfMeasureName": "Each",
        "AdjustmentReasonName": REASON,
        "AdjustmentNote": "RU7K2M9QX4 counted",
        "AdjustedByUserName": "Alex Moreau",
        "ItemName": "Blue Slate (I)",
        "ItemCategoryName": "Buds (packaged)",
        "PackagedDate": "2026-06-08",
    }


def test_tenths_add_up_exactly(metrc):
    for _ in range(3):
        metrc.write("POST", ADJUST, adjustment(0.1))
    assert metrc.quantity() == 864.3


def test_put_sets_the_final_quantity_so_a_delta_sent_by_put_is_lost_stock(metrc):
    assert metrc.ask("PUT", ADJUST, [adjustment(5)]).content == b""
    assert (metrc.quantity(), metrc.data("/packages/v2/adjustments")[0]["AdjustmentQuantity"]) == (5, -859)
    metrc.ctl("world", {"states": {"mi": {"allowNegative": True}}})
    metrc.write("PUT", ADJUST, adjustment(-2.0))
    assert metrc.quantity() == -2


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"Label": "1A405030000410100700XXXX"}, "does not exist in the current Facility."),
        ({"Label": "1A4050300006301007300131"}, "does not exist in the current Facility."),
        ({"Label": None}, "Label was not specified."),
        ({"Quantity": None}, "Quantity was not specified."),
        ({"Quantity": "many"}, "The Quantity 'many' is not valid."),
        ({"Quantity": True}, "The Quantity 'True' is not valid."),
        ({"Quantity": -0.00001}, "is not valid."),
        ({"Quantity": -865}, "cannot be adjusted below zero."),
        ({"UnitOfMeasure": "Grams"}, "Unit of Measure 'Grams' is not valid"),
        ({"UnitOfMeasure": ""}, "UnitOfMeasure was not specified."),
        ({"AdjustmentReason": "Typo"}, 'The Adjustment Reason "Typo" is invalid. Valid values are: '),
        ({"ReasonNote": " "}, "A Note is required"),
        ({"AdjustmentDate": "2026-11-19"}, "Adjustment Date cannot be in the future."),
        ({"AdjustmentDate": "soon"}, "The Adjustment Date 'soon' is not valid."),
    ],
)
def test_an_object_that_cannot_be_is_refused_in_words_and_nothing_happens(metrc, fields, message):
    [(row, said)] = metrc.refused("POST", ADJUST, adjustment(**fields))
    assert row == 0
    assert message in said
    assert (metrc.ledger(), metrc.data("/packages/v2/adjustments")) == ([], [])


def test_all_messages_come_at_once_with_the_place_of_their_object(metrc):
    rows = adjustment(), adjustment(AdjustmentReason="Typo", AdjustmentDate="soon"), adjustment(label="none")
    assert [row for row, _ in metrc.refused("POST", ADJUST, *rows)] == [1, 1, 2]
    assert metrc.quantity() == 864


def test_objects_of_one_call_see_each_other(metrc):
    assert metrc.refused("POST", ADJUST, adjustment(-800), adjustment(-100))[0][0] == 1
    metrc.write("POST", ADJUST, adjustment(-800), adjustment(-64))
    assert metrc.quantity() == 0


def test_where_a_state_takes_half_a_batch_the_good_objects_are_done(metrc):
    metrc.ctl("world", {"states": {"mi": {"partialBatch": True}}})
    assert metrc.refused("POST", ADJUST, adjustment(-4), adjustment(label="none"))[0][0] == 1
    assert metrc.quantity() == 860


@pytest.mark.parametrize("body", [adjustment(), [], ["row"], None], ids=["object", "empty", "texts", "nothing"])
def test_a_body_that_is_no_array_of_objects_is_400(metrc, body):
    answer = metrc.ask("POST", ADJUST, body)
    assert (answer.status_code, list(answer.json())) == (400, ["Message"])


def test_eleven_objects_are_too_many(metrc):
    answer = metrc.ask("POST", ADJUST, [adjustment(-1)] * 11)
    assert (answer.status_code, answer.json()["Message"]) == (413, "The content being submitted is too large")
    assert len(metrc.write("POST", ADJUST, *[adjustment(-1)] * 10)) == 10


def test_grams_are_taken_off_kilograms_of_the_same_kind(metrc):
    fox = {"user": "sbx-user-fox-hollow", "licence": "AU-P-000931"}
    label = "1A4050300005301000000014"
    before = metrc.quantity(label, **fox)
    metrc.write("POST", ADJUST, adjustment(-0.05, label, UnitOfMeasure="kg"), **fox)
    assert metrc.quantity(label, **fox) == round(before - 50, 4)


def test_where_a_state_drops_notes_the_adjustment_has_none(metrc):
    metrc.ctl("world", {"states": {"mi": {"noteKept": False}}})
    metrc.write("POST", ADJUST, adjustment())
    assert metrc.data("/packages/v2/adjustments")[0]["AdjustmentNote"] is None
    assert metrc.ledger()[0]["note"] == "RU7K2M9QX4 counted"


def test_the_ledger_has_one_entry_for_each_object_accepted(metrc):
    metrc.write("POST", ADJUST, adjustment(-1), adjustment(-1, COPPER, ReasonNote="RUAAAA"))
    assert [(entry["n"], entry["act"], entry["label"], entry["note"]) for entry in metrc.ledger()] == [
        (1, "adjust", BLUE_SLATE, "RU7K2M9QX4 counted"),
        (2, "adjust", COPPER, "RUAAAA"),
    ]
    assert metrc.journal()[-2 if metrc.journal()[-1]["path"].startswith("/_ctl") else -1]["committed"] is True


def test_only_an_empty_package_is_finished_and_it_leaves_the_active_ones(metrc):
    row = {"Label": BLUE_SLATE, "ActualDate": "2026-11-17"}
    assert metrc.refused("PUT", FINISH, row) == [
        (0, f"Package {BLUE_SLATE} cannot be Finished because it's not empty.")
    ]
    metrc.write("PUT", ADJUST, adjustment(0))
    metrc.write("PUT", FINISH, row)
    assert [one["Label"] for one in metrc.data("/packages/v2/inactive")] == [BLUE_SLATE]
    assert "is finished" in metrc.refused("POST", ADJUST, adjustment(1))[0][1]
    metrc.write("PUT", "/packages/v2/unfinish", {"Label": BLUE_SLATE})
    assert metrc.data("/packages/v2/inactive") == []


def test_note_room_and_external_id_are_changed_by_put(metrc):
    metrc.write("PUT", "/packages/v2/note", {"PackageLabel": BLUE_SLATE, "Note": "Shelf B"})
    metrc.write("PUT", "/packages/v2/externalid", {"PackageLabel": BLUE_SLATE, "ExternalId": "7000100"})
    metrc.write("PUT", "/packages/v2/location", {"Label": BLUE_SLATE, "Location": "Sales floor"})
    row = metrc.read(f"/packages/v2/{BLUE_SLATE}")
    assert (row["Note"], row["ExternalId"], row["LocationName"]) == ("Shelf B", "7000100", "Sales floor")
    wrong = metrc.refused("PUT", "/packages/v2/location", {"Label": BLUE_SLATE, "Location": "Moon"})
    assert wrong == [(0, 'Location "Moon" is not valid.')]


def _packed(tag, quantity=24, **fields):
    part = {"Package": BLUE_SLATE, "Quantity": quantity, "UnitOfMeasure": "Each"}
    row = {"Tag": tag, "Quantity": quantity, "UnitOfMeasure": "Each", "ActualDate": "2026-11-17"}
    return row | {"UseSameItem": True, "Ingredients": [part]} | fields


def test_a_part_of_a_package_becomes_one_of_its_own_under_a_tag_from_the_drawer(metrc):
    tag = metrc.read("/tags/v2/package/available")[0]["Label"]
    [id] = metrc.write("POST", "/packages/v2/", _packed(tag))
    row = metrc.read(f"/packages/v2/{tag}")
    assert (row["Id"], row["Quantity"], row["Item"]["Name"]) == (id, 24, "Blue Slate (I)")
    assert (row["SourcePackageLabels"], row["LabTestingState"]) == (BLUE_SLATE, "TestPassed")
    assert metrc.quantity() == 840
    assert tag not in [one["Label"] for one in metrc.read("/tags/v2/package/available")]
    assert metrc.refused("POST", "/packages/v2", _packed(tag)) == [(0, f"Tag {tag} is not valid.")]


def test_more_than_there_is_cannot_be_packed(metrc):
    tag = metrc.read("/tags/v2/package/available")[0]["Label"]
    assert "does not have 865 Each" in metrc.refused("POST", "/packages/v2", _packed(tag, 865))[0][1]
    assert metrc.refused("POST", "/packages/v2", _packed(tag, UseSameItem=False, Item="Moon dust"))


def test_a_receipt_takes_stock_is_found_by_its_external_number_and_gives_it_back_when_undone(metrc):
    shop = {"user": "sbx-user-juniper", "licence": "AU-R-009731"}
    label = metrc.data("/packages/v2/active", **shop)[0]["Label"]
    before = metrc.quantity(label, **shop)
    line = {"PackageLabel": label, "Quantity": 2, "UnitOfMeasure": "Each", "TotalAmount": 60.0}
    receipt = {"SalesDateTime": "2026-11-17T11:00:00", "ExternalReceiptNumber": "POS-1", "Transactions": [line]}
    [id] = metrc.write("POST", "/sales/v2/receipts", receipt, **shop)
    assert metrc.quantity(label, **shop) == before - 2
    assert [row["Id"] for row in metrc.read("/sales/v2/receipts/external/POS-1", **shop)] == [id]
    assert metrc.ask("DELETE", f"/sales/v2/receipts/{id}", **shop).status_code == 200
    assert metrc.quantity(label, **shop) == before
    over = receipt | {"Transactions": [line | {"Quantity": before + 1}]}
    assert metrc.refused("POST", "/sales/v2/receipts", over, **shop) == [
        (0, f"Package {label} does not have that much.")
    ]
