"""What `up` prints of the demo's people signs them in, is written down for this account alone, and stays true."""

import json

import pytest
from django.test import Client

from apps.accounts.models import RecoveryCode
from apps.core.scope import everyone
from reup import demo_people
from reup.local import signin
from reup.management.commands.demo import fill


@pytest.fixture
def told(db, settings, tmp_path):
    """`told()` writes the people down and reads them back, by email."""
    settings.VAR = tmp_path
    fill()

    def written() -> dict:
        demo_people.write_down()
        return {person["email"]: person for person in json.loads((tmp_path / signin.PEOPLE).read_text())}

    return written


def test_a_printed_person_signs_in_with_password_and_code_and_enters_the_back_office(told):
    owner, client = told()["owner@northlight.example"], Client()
    client.post("/accounts/login/", {"username": owner["email"], "password": owner["password"]})
    answer = client.post("/accounts/mfa/", {"code": owner["recovery"][3], "method": "recovery"})

    assert answer.status_code == 302
    assert client.get("/admin/").status_code == 200


def test_who_needs_no_factor_has_none_and_who_needs_one_is_told_it(told):
    people = told()

    assert "totp" not in people["buyer@juniperpine.example"]
    for email in ("owner@juniperpine.example", "order.desk.2@northlight.example", "platform@reup.example"):
        assert len(people[email]["recovery"]) == 10
    text = "\n".join(signin.lines(url="x", emulators={}, token="", people=list(people.values())))
    assert people["platform@reup.example"]["totp"] in text


def test_a_second_start_says_the_same(told):
    assert told() == told()


def test_a_lost_file_makes_new_factors_for_nothing_else_tells_the_old(told, tmp_path):
    before = told()["platform@reup.example"]
    (tmp_path / signin.PEOPLE).unlink()
    after = told()["platform@reup.example"]

    assert after["totp"] != before["totp"]
    with everyone("test"):
        assert RecoveryCode.objects.filter(user__email="platform@reup.example").count() == 10


def test_the_file_is_for_this_account_alone(told, tmp_path):
    told()

    assert (tmp_path / signin.PEOPLE).stat().st_mode & 0o077 == 0
