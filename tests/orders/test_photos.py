"""Photos of a dispute: images by their bytes, so many and so large; seen by both sides and by nobody else."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart

from apps.core.scope import everyone
from apps.orders.models import Photo
from apps.orders.rules import photos

pytestmark = pytest.mark.django_db
ORDERS, API = "/portal/orders/", "/api/v1/orders/"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
JPEG, WEBP = b"\xff\xd8\xff\xe0" + b"1" * 40, b"RIFF\x00\x00\x00\x00WEBPVP8 "


@pytest.fixture
def order(market):
    return market.order(("FLOWER", 4), state="DELIVERED")


def send(client, order, *images: bytes, name="photo.jpg"):
    with everyone("test"):
        line = order.lines.get()
    files = [SimpleUploadedFile(name, image, content_type="image/jpeg") for image in images]
    told = {"version": order.version, f"on-{line.pk}": "yes", "text": "Wet boxes.", "photo": files}
    return client.post(f"{ORDERS}{order.number}/dispute/", told)


def test_both_sides_see_what_was_shown_and_a_stranger_nothing(market, order, client_of):
    buyer = client_of(market.cast.buyer)
    assert "No photos" in buyer.get(f"{ORDERS}{order.number}/photos/").content.decode()
    assert send(buyer, order, PNG, JPEG, WEBP).status_code == 302

    for who in (market.cast.buyer, market.cast.seller):
        client = client_of(who)
        assert "3 photos of the dispute" in client.get(f"{ORDERS}{order.number}/").content.decode()
        assert 'src="?n=3"' in client.get(f"{ORDERS}{order.number}/photos/").content.decode()
        for n, (image, kind) in enumerate([(PNG, "png"), (JPEG, "jpeg"), (WEBP, "webp")], 1):
            answer = client.get(f"{ORDERS}{order.number}/photos/?n={n}")
            assert (answer.content, answer["Content-Type"]) == (image, f"image/{kind}")
            assert answer["X-Content-Type-Options"] == "nosniff"
        for n in ("0", "4", "x", "-1", "1e3"):
            assert client.get(f"{ORDERS}{order.number}/photos/?n={n}").status_code == 404
    stranger = client_of(market.cast.outsider)
    assert stranger.get(f"{ORDERS}{order.number}/photos/?n=1").status_code == 404
    with everyone("test"):
        assert {row.by for row in Photo.objects.all()} == {"buyer@juniper.test"}
        event = order.events.get(action="dispute")
    assert event.data["photos"] == 3


@pytest.mark.parametrize(
    ("images", "said"),
    [
        ([b"<script>alert(1)</script>"], "Photos are JPEG, PNG or WebP."),
        ([b"RIFF\x00\x00\x00\x00WAVEfmt "], "Photos are JPEG, PNG or WebP."),
        ([PNG] * 5, "At most 4 photos."),
        ([PNG + b"0" * photos.MOST_BYTES], "A photo has at most 5 MB"),
        ([PNG + b"0" * 4_600_000] * 2, "all of them together 9 MB"),
    ],
)
def test_what_is_no_photo_is_refused_and_nothing_is_disputed(market, order, client_of, images, said):
    answer = send(client_of(market.cast.buyer), order, *images, name="photo.png")

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert market.fresh(order).disputed is False
    with everyone("test"):
        assert Photo.objects.count() == 0


def test_a_dispute_needs_no_photo(market, order, client_of):
    assert send(client_of(market.cast.buyer), order).status_code == 302
    assert market.fresh(order).disputed


def sent(client, order, *images: bytes, key: str = "once", boundary: str = "one", **fields):
    """A dispute by API, as a form."""
    files = [SimpleUploadedFile("photo.jpg", image, content_type="image/jpeg") for image in images]
    with everyone("test"):
        data = {"text": "Wet boxes.", "lines": [{"id": str(order.lines.get().pk), "reason": "Soaked"}]}
    body = encode_multipart(boundary, {"action": "dispute", "data": json.dumps(data), "photo": files} | fields)
    headers = {"If-Match": f'"{order.version}"', "Idempotency-Key": key}
    path = f"{API}{order.number}/transitions/"
    return client.post(path, body, content_type=f"multipart/form-data; boundary={boundary}", headers=headers)


def test_by_api_a_dispute_is_a_form_with_its_photos_and_the_same_one_twice_is_once(market, order, client_of):
    buyer = client_of(market.cast.buyer)
    answer = sent(buyer, order, PNG, JPEG + b"2" * 2_000_000, boundary="first")
    assert (answer.status_code, answer.json()["flags"]) == (200, ["disputed"]), answer.json()
    again = sent(buyer, order, PNG, JPEG + b"2" * 2_000_000, boundary="second")
    assert (again.status_code, again.get("Idempotent-Replayed")) == (200, "true")
    other = sent(buyer, order, PNG, boundary="first")
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-mismatch")
    with everyone("test"):
        assert [bytes(row.image)[:8] for row in Photo.objects.all()] == [PNG[:8], (JPEG + b"2222")[:8]]
        event = order.events.get(action="dispute")
        assert order.lines.get().note == "Soaked"
    assert (event.data["photos"], event.reason) == (2, "Wet boxes.")


@pytest.mark.parametrize(
    ("images", "fields", "status", "where"),
    [
        ([b"<script>"], {}, 422, "Photos are JPEG, PNG or WebP."),
        ([PNG] * 5, {}, 422, "At most 4 photos."),
        ([PNG + b"0" * photos.MOST_BYTES], {}, 422, "A photo has at most 5 MB"),
        ([PNG], {"action": "confirm"}, 400, "Only a dispute"),
        ([PNG], {"data": "{nonsense"}, 400, "This is no JSON."),
        ([PNG], {"colour": "red"}, 400, "No field has this name."),
        ([], {"photo": "in words"}, 400, "Send it as a file."),
        ([PNG], {"data": "[]"}, 400, "data"),
    ],
)
def test_by_api_what_is_no_dispute_with_photos_is_refused_and_nothing_is_disputed(
    market, order, client_of, images, fields, status, where
):
    answer = sent(client_of(market.cast.buyer), order, *images, **fields)
    assert (answer.status_code, where in answer.content.decode()) == (status, True), answer.content.decode()
    assert market.fresh(order).disputed is False
    with everyone("test"):
        assert Photo.objects.count() == 0


def test_by_api_photos_are_the_buyers_to_send(market, order, client_of):
    assert sent(client_of(market.cast.seller), order, PNG).status_code == 403
    assert sent(client_of(market.cast.outsider), order, PNG).status_code == 404
    assert sent(Client(), order, PNG).status_code == 401
