"""Locations as JSON."""

from tests import make


def test_locations_are_ones_own_and_those_of_connected_wholesalers(cast, client_of):
    own = make.location(organization=cast.retailer, name="Eastown")
    make.location(organization=cast.stranger)
    closed = make.location(organization=cast.retailer, is_active=False)
    rows = client_of(cast.buyer).get("/api/v1/locations/").json()["results"]

    assert {row["id"] for row in rows} == {str(own.pk), str(cast.place.pk)}
    assert next(row for row in rows if row["id"] == str(cast.place.pk)) == {
        "id": str(cast.place.pk),
        "organization": str(cast.wholesaler.pk),
        "name": "Northlight, Holland",
        "slug": cast.place.slug,
        "zone": "America/Detroit",
        "license_number": "",
    }
    assert client_of(cast.buyer).get(f"/api/v1/locations/{closed.pk}/").status_code == 404
