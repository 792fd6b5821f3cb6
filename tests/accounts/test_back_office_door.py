"""The back office's door: one sign-in for all pages, and a plain no to who may not enter."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_visitor_signs_in_on_the_portal_and_comes_back(client_of):
    answer = client_of().get("/admin/core/syncrun/", follow=True)

    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=/admin/core/syncrun/"


def test_a_person_without_the_right_is_told_no_and_not_asked_to_sign_in_again(cast, client_of):
    answer = client_of(cast.buyer).get("/admin/", follow=True)

    assert answer.status_code == 403
    assert "password" not in answer.text


def test_who_is_in_already_goes_home(cast, client_of):
    assert client_of(cast.seller).get("/admin/login/")["Location"] == "/admin/"
