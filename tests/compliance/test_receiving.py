"""Receiving in the portal and by API: who may, what is refused, what is kept of a picture, and how METRC ends it."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from apps.accounts.models import Membership
from apps.compliance import incoming, photos
from apps.compliance.models import ReceiptLine, Report, Transfer
from apps.compliance.rules import State
from apps.compliance.sync import forward
from apps.core.models import AuditEntry, Job
from apps.core.scope import everyone, scope
from tests import make as others
from tests.compliance import make
from tests.compliance.conftest import BUYER, again

pytestmark = pytest.mark.django_db
LIST, API = "/portal/compliance/receiving/", "/api/v1/compliance/transfers/"


@pytest.fixture(autouse=True)
def short_first_reading(monkeypatch):
    monkeypatch.setattr(forward, "FIRST", timedelta(days=2))


@pytest.fixture
def store(cast, metrc):
    place = others.location(organization=cast.retailer, name="Eastown")
    return make.facility(place=place, number=BUYER, key="sbx-user-juniper")


@pytest.fixture
def transfer(store, pull) -> Transfer:
    """On its way to the store, as METRC's first day has it."""
    pull(store)
    with everyone("test"):
        return Transfer.objects.get(facility=store, direction="incoming")


@pytest.fixture
def page(transfer) -> str:
    return f"{LIST}{transfer.pk}/"


@pytest.fixture
def receiver(client_of, cast):
    user = others.user(at=cast.retailer, role="buyer")
    with everyone("test"):
        Membership.objects.filter(user=user).update(roles=["receiver"])
    return client_of(user)


def labels(transfer: Transfer) -> list[str]:
    with everyone("test"):
        return sorted(transfer.packages.values_list("label", flat=True))


def lines() -> list[ReceiptLine]:
    with everyone("test"):
        return list(ReceiptLine.objects.order_by("label"))


def states() -> set[str]:
    return {line.state for line in lines()}


def report() -> Report:
    with everyone("test"):
        return Report.objects.select_related("facility").get(state__in=set(State) - {State.SUPERSEDED, State.CANCELLED})


def picture(kind: str = "PNG", size=(40, 30), **info) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (120, 80, 40)).save(file, kind, **info)
    return file.getvalue()


def decided(transfer: Transfer, **decisions) -> dict:
    """A form's fields; `decisions` by the package's number: (decision, quantity, reason)."""
    said = {}
    for number, label in enumerate(labels(transfer)):
        decision, quantity, reason = decisions.get(f"n{number}", ("accept", "", ""))
        said |= {f"d-{label}": decision, f"q-{label}": quantity, f"r-{label}": reason}
    return said


# ---- pages


def test_the_list_tells_what_is_on_its_way_and_leads_to_it(receiver, transfer, page):
    text = receiver.get(LIST).content.decode()

    assert transfer.manifest_number in text
    assert "To check" in text
    assert f'href="{page}"' in text
    assert "As of" in text


def test_all_of_it_is_accepted_with_one_press_and_waits_in_quarantine_until_metrc_shows_it(
    receiver, transfer, page, metrc, pull, store
):
    answer = receiver.post(page, {"all": "accept"}, follow=True).content.decode()
    assert "What to press in METRC" in answer
    assert "Done in METRC" in answer
    assert all(label in answer for label in labels(transfer))
    assert states() == {"quarantine"}

    metrc.press(f"transfers/{transfer.metrc_id}/receive")
    pull(store)

    assert states() == {"released"}
    shown = receiver.get(page).content.decode()
    assert "METRC shows the same." in shown
    assert transfer.manifest_number not in receiver.get(LIST).content.decode()
    assert transfer.manifest_number in receiver.get(f"{LIST}?state=over").content.decode()


def test_each_package_is_decided_about_with_reason_and_picture(receiver, transfer, page):
    first, second = labels(transfer)[:2]
    said = decided(transfer, n0=("adjust", "20", "Four were missing"), n1=("reject", "", "Wet"))
    said[f"p-{second}"] = SimpleUploadedFile("IMG_1.png", picture(), content_type="image/png")

    answer = receiver.post(page, said, follow=True).content.decode()

    assert "Four were missing" in answer
    found = {line.label: line for line in lines()}
    assert (found[first].decision, found[first].quantity) == ("adjust", Decimal(20))
    assert (found[second].decision, found[second].has_photo) == ("reject", True)
    assert "was </span>24" in answer


@pytest.mark.parametrize(
    ("first", "words"),
    [
        (("adjust", "20", ""), "Say why"),
        (("adjust", "some", "x"), "as a number"),
        (("adjust", "24", "x"), "has the quantity that was shipped"),
        (("reject", "", " "), "Say why"),
        (("", "", ""), "Give the quantity"),
    ],
)
def test_what_can_not_be_filed_says_why_and_keeps_what_was_typed(receiver, transfer, page, first, words):
    answer = receiver.post(page, decided(transfer, n0=first, n1=("reject", "", "Wet box")))

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert "Wet box" in answer.content.decode()
    assert lines() == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"%PDF-1.7 not a picture", "no picture that can be read"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "no picture that can be read"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture that can be read"),
        (picture("GIF"), "no picture that can be read"),
        (b"\xff\xd8\xff" + b"\0" * (photos.LARGEST + 1), "at most 8 MB"),
    ],
)
def test_a_file_is_judged_by_what_is_in_it_and_not_by_its_name(receiver, transfer, page, content, words):
    said = decided(transfer, n0=("reject", "", "Wet"))
    said[f"p-{labels(transfer)[0]}"] = SimpleUploadedFile("photo.jpg", content, content_type="image/jpeg")

    answer = receiver.post(page, said)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert lines() == []


def test_a_picture_of_too_many_pixels_is_not_unfolded():
    with pytest.raises(photos.NotAPicture, match="million pixels"):
        photos.drawn_anew(picture(size=(10_000, 5_001)))


def test_a_picture_is_kept_small_sealed_without_its_place_and_shown_to_its_own_people_alone(
    receiver, transfer, page, client_of, cast
):
    place = Image.Exif()
    place[0x010E] = "taken at 42.96 -85.67"
    sent = picture("JPEG", (3000, 1500), exif=place)
    assert b"42.96" in sent
    said = decided(transfer, n0=("reject", "", "Wet"))
    said[f"p-{labels(transfer)[0]}"] = SimpleUploadedFile("x.jpg", sent, content_type="image/jpeg")
    receiver.post(page, said)
    with everyone("test"):
        line = ReceiptLine.objects.get(has_photo=True)
        assert b"JFIF" not in bytes(line.photo)
    address = f"{LIST}photos/{line.pk}/"

    answer = receiver.get(address)

    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(answer.content)).size == (1600, 800)
    assert b"42.96" not in answer.content
    assert "no-store" in answer["Cache-Control"]
    for stranger in (cast.seller, cast.outsider):
        assert client_of(stranger).get(address).status_code == 404


def test_who_may_not_receive_may_look(client_of, transfer, page, cast):
    user = others.user(at=cast.retailer, role="buyer")
    with everyone("test"):
        Membership.objects.filter(user=user).update(roles=["buyer"])
    client = client_of(user)

    assert "Accept all" not in client.get(page).content.decode()
    assert client.post(page, {"all": "accept"}).status_code == 403
    assert client.post(f"{page}done/").status_code == 403
    assert lines() == []


def test_a_receiver_of_another_site_sees_nothing_of_it(receiver, transfer, page, cast):
    elsewhere = others.location(organization=cast.retailer)
    with everyone("test"):
        Membership.objects.filter(organization=cast.retailer, roles=["receiver"]).update(locations=[elsewhere.pk])

    assert receiver.get(page).status_code == 404
    assert receiver.post(page, {"all": "accept"}).status_code == 404
    assert transfer.manifest_number not in receiver.get(LIST).content.decode()


def test_strangers_find_nothing(client_of, transfer, page, cast):
    for user in (cast.seller, cast.outsider):
        client = client_of(user)
        assert client.get(page).status_code == 404
        assert client.post(page, {"all": "accept"}).status_code == 404
        assert transfer.manifest_number not in client.get(LIST).content.decode()


def test_done_in_metrc_reads_metrc_at_once_and_proves_nothing(receiver, transfer, page):
    receiver.post(page, {"all": "accept"})
    with everyone("test"):
        Job.objects.all().delete()

    receiver.post(f"{page}done/")

    with everyone("test"):
        assert Job.objects.filter(name="compliance.pull_mirror").count() == 1
        assert AuditEntry.objects.filter(action="report.said_done").count() == 1
    assert (report().state, states()) == (State.ASSIST, {"quarantine"})


@pytest.fixture
def differing(receiver, transfer, page, metrc, pull, store) -> str:
    """Accepted as shipped here, with less of the first package in METRC."""
    receiver.post(page, {"all": "accept"})
    metrc.press(f"transfers/{transfer.metrc_id}/receive", packages=[{"label": labels(transfer)[0], "received": 22}])
    pull(store)
    return page


def test_both_values_stand_side_by_side_where_metrc_differs(receiver, differing):
    text = receiver.get(differing).content.decode()

    assert "METRC has another answer" in text
    assert "24 Each" in text
    assert "22 Each" in text
    assert states() == {"differs", "released"}


def test_metrcs_answer_can_be_taken(receiver, differing):
    receiver.post(f"{differing}adopt/")

    assert report().state == State.ADOPTED
    assert states() == {"released"}
    assert {line.quantity for line in lines()} >= {Decimal(24)}


def test_counted_again_it_agrees_at_the_next_reading(receiver, differing, transfer, pull, store):
    first = report()
    said = decided(transfer, n0=("adjust", "22", "Two were missing after all"))
    assert receiver.post(differing, said).status_code == 409
    receiver.post(differing, said | {"replaces": first.pk})
    pull(store)

    second = report()
    assert (again(first).state, second.state, second.supersedes_id) == (State.SUPERSEDED, State.CONFIRMED, first.pk)


def test_what_metrc_corrects_closes_by_itself(receiver, differing, transfer, metrc, pull, store):
    with metrc.world.lock:
        for row in metrc.world.rows("deliveryPackages"):
            if row["PackageLabel"] == labels(transfer)[0]:
                metrc.world.change("deliveryPackages", row["_id"], ReceivedQuantity=24.0)
        metrc.world.change("transfers", transfer.metrc_id)
    pull(store)

    assert report().state == State.CONFIRMED
    assert states() == {"released"}


def test_a_cancelled_receipt_gives_way(receiver, transfer, page):
    receiver.post(page, {"all": "accept"})
    first = report()
    with everyone("test"):
        Report.objects.filter(pk=first.pk).update(state="CANCELLED", closed_at=first.created_at)

    receiver.post(page, decided(transfer, n0=("reject", "", "Wet")))

    assert report().state == State.ASSIST
    assert "To check" not in receiver.get(page).content.decode()


def test_pressed_twice_it_is_one_report(receiver, transfer, page):
    for _ in range(2):
        assert receiver.post(page, {"all": "accept"}).status_code == 302
    assert len(lines()) == len(labels(transfer))


def test_a_voided_transfer_is_not_received(receiver, transfer, page):
    with everyone("test"):
        Transfer.objects.update(is_voided=True)

    assert "nothing to receive" in receiver.get(page).content.decode()
    assert receiver.post(page, {"all": "accept"}).status_code == 409


def test_an_empty_list_says_whether_metrc_was_read_at_all(receiver, store):
    assert "METRC has not been read yet" in receiver.get(LIST).content.decode()
    with everyone("test"):
        type(store).objects.update(last_ok_at=make.NOW)
    assert "Nothing is on its way" in receiver.get(LIST).content.decode()


def test_the_list_counts_how_far_each_is(cast, transfer, receiver, page):
    with scope(cast.retailer):
        member = Membership.objects.filter(organization=cast.retailer, roles=["receiver"]).first()
        one = incoming.waiting(member, make.NOW)[0]
        assert (one.standing, one.packages) == ("count", len(labels(transfer)))
        late = incoming.waiting(member, one.due_at.replace(year=2099))[0]
        assert (one.is_late, late.is_late) == (False, True)


# ---- API


def test_by_api_it_is_listed_read_and_filed(client_of, cast, transfer):
    client = client_of(cast.buyer)
    with everyone("test"):
        Membership.objects.filter(user=cast.buyer).update(roles=["receiver"])
    [row] = client.get(f"{API}?open=true").json()["results"]
    one = client.get(f"{API}{row['id']}/").json()
    assert (row["manifest_number"], row["standing"]) == (transfer.manifest_number, "count")
    assert [package["shipped"] for package in one["packages"]][0] == "24"

    packages = [{"label": package["label"], "decision": "accept"} for package in one["packages"]]
    packages[0] |= {"decision": "adjust", "quantity": "20", "reason": "Four were missing"}
    answer = post(client, transfer, {"packages": packages})
    assert (answer.status_code, answer.json()["standing"]) == (201, "press")
    assert answer.json()["packages"][0]["found"]["state"] == "quarantine"
    assert client.get(f"{API}?open=false").json()["results"] == []


def post(client, transfer, said, key="k1"):
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{API}{transfer.pk}/receipt/", said, content_type="application/json", headers=headers)


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({}, 400, "invalid"),
        ({"accept_all": True, "packages": [{"label": "x", "decision": "accept"}]}, 400, "invalid"),
        ({"accept_all": True, "extra": 1}, 400, "invalid"),
        ({"packages": [{"label": "x", "decision": "keep"}]}, 400, "invalid"),
        ({"packages": [{"label": "x", "decision": "adjust", "reason": "y"}]}, 400, "invalid"),
        ({"packages": [{"label": "x", "decision": "accept"}]}, 422, "incomplete"),
    ],
)
def test_a_call_that_can_not_be_filed_is_a_problem(client_of, cast, transfer, said, status, code):
    with everyone("test"):
        Membership.objects.filter(user=cast.buyer).update(roles=["receiver"])
    answer = post(client_of(cast.buyer), transfer, said)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer["Content-Type"] == "application/problem+json"


def test_the_same_key_files_once_and_without_one_nothing(client_of, cast, transfer):
    client = client_of(cast.buyer)
    with everyone("test"):
        Membership.objects.filter(user=cast.buyer).update(roles=["receiver"])
    assert post(client, transfer, {"accept_all": True}, key="").status_code == 400
    first, second = (post(client, transfer, {"accept_all": True}) for _ in range(2))

    assert (first.status_code, second.status_code, second["Idempotent-Replayed"]) == (201, 201, "true")
    other = post(
        client,
        transfer,
        {"packages": [{"label": one, "decision": "reject", "reason": "x"} for one in labels(transfer)]},
        "k2",
    )
    assert (other.status_code, other.json()["code"]) == (409, "conflicting-report")


def test_by_api_strangers_get_404_and_who_may_not_403(client_of, cast, transfer):
    for user in (cast.seller, cast.outsider):
        assert client_of(user).get(f"{API}{transfer.pk}/").status_code == 404
        assert post(client_of(user), transfer, {"accept_all": True}).status_code == 404
    with everyone("test"):
        Membership.objects.filter(user=cast.buyer).update(roles=["buyer"])
    assert post(client_of(cast.buyer), transfer, {"accept_all": True}).status_code == 403
