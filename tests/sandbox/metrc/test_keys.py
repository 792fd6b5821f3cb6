"""Who may ask for what: every lack is 401, and only a missing path is 404."""

import pytest

from .conftest import ADJUST, EASTOWN, HOLLAND, LANSING, TEMPLATES, adjustment, template

PACKAGES = "/packages/v2/active"


@pytest.mark.parametrize(
    "how",
    [
        {"vendor": None},
        {"vendor": "nobody"},
        {"vendor": "sbx-vendor-off"},
        {"user": "nobody"},
        {"user": "sbx-user-other"},
        {"user": "sbx-user-juniper-expired", "licence": EASTOWN},
        {"licence": EASTOWN},
        {"licence": "none-such"},
        {"licence": None},
    ],
    ids=lambda how: "-".join(map(str, how.values())),
)
def test_a_bad_key_and_a_licence_not_ours_are_the_same_401(metrc, how):
    answer = metrc.ask("GET", PACKAGES, **how)
    assert (answer.status_code, answer.json()) == (401, {"Message": "Unauthorized"})


def test_a_key_opens_each_of_its_licences_and_facilities_needs_none(metrc):
    packages = metrc.ctl("world").json()["packages"].values()
    for licence in (HOLLAND, LANSING):
        held = sum(row["_facility"] == licence for row in packages)
        assert metrc.read(PACKAGES, licence=licence)["Total"] == held > 0
    rows = metrc.data("/facilities/v2", licence=None)
    assert [row["License"]["Number"] for row in rows] == [HOLLAND, LANSING]


def test_a_key_that_lacks_a_permission_is_401_there_and_good_elsewhere(metrc):
    reader = {"user": "sbx-user-northlight-reader"}
    assert metrc.ask("GET", PACKAGES, **reader).status_code == 200
    assert metrc.ask("POST", ADJUST, [adjustment()], **reader).status_code == 401
    assert metrc.ask("POST", TEMPLATES, [template()], **reader).status_code == 401


def test_a_key_switched_off_in_the_world_is_refused_at_once_and_its_neighbour_is_not(metrc):
    metrc.ctl("world", {"userKeys": {"sbx-user-northlight": {"expires": "2026-11-17T10:00:00Z"}}})
    assert metrc.ask("GET", PACKAGES).status_code == 401
    assert metrc.ask("GET", PACKAGES, licence=EASTOWN, user="sbx-user-juniper").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/transfers/v2/receive"),
        ("PUT", "/transfers/v2/100937/receive"),
        ("POST", "/transfers/v2/incoming/100937/accept"),
        ("PUT", "/transfers/v2/accept"),
        ("POST", "/transfers/v2/external/outgoing"),
        ("PUT", "/transfers/v2/external/outgoing/depart"),
        ("POST", "/transfers/v2/licensed"),
        ("POST", "/transfers/v2/outgoing/register"),
        ("GET", "/transfers/v2/templates"),
        ("GET", "/transfers/v2/100937"),
        ("GET", "/packages/v2/100522/history"),
        ("PUT", "/external/incoming/1/deliveries/1/packages/wholesale"),
        ("GET", "/packages/v1/active"),
        ("GET", "/"),
    ],
)
def test_what_metrc_does_not_publish_is_404(metrc, method, path):
    assert metrc.ask(method, path, [{}] if method != "GET" else None).status_code == 404


def test_a_published_path_asked_in_another_way_is_405(metrc):
    assert metrc.ask("DELETE", PACKAGES).status_code == 405
    assert metrc.ask("POST", "/transfers/v2/incoming", [{}]).status_code == 405
