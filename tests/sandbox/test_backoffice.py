"""The back office's counter, asked over HTTP as clients of the real one were seen to ask."""

from datetime import datetime

import pytest
import requests

from .conftest import TOKEN

USER, PASSWORD, LSP, LOC = "backoffice@tidewater.example", "tide-pool-821", 821, 7101
LOGIN, EMPLOYEE_LOGIN, GRAPHQL = "/api/user/login", "/api/posv3/user/EmployeeLogin", "/api/graphql"
HEADERS = {"appname": "Backoffice"}


class Desk:
    """Asks the back office; `login` keeps the session that `packages` then uses."""

    def __init__(self, pos):
        self.pos, self.url = pos, pos.server.urls["backoffice"]
        self.block, self.cookies = {}, {}

    def post(self, path, body, headers=HEADERS, method="POST"):
        return requests.request(
            method, self.url + path, json=body, headers=headers, cookies=self.cookies, timeout=5, allow_redirects=False
        )

    def login(self, password=PASSWORD, user=USER):
        answer = self.post(LOGIN, {"Username": user, "Password": password, "RememberMe": False})
        if answer.json()["Result"]:
            data = answer.json()["Data"]
            self.cookies = {"LLSession": data["SessionId"]}
            self.block = {**data, "LspId": LSP, "LocId": LOC}
        return answer

    def ask(self, skip=0, take=100, headers=HEADERS, **block):
        question = {"operationName": "getPackagesV5", "variables": {"skip": skip, "take": take}}
        return self.post(GRAPHQL, {**self.block, **block, **question}, headers)

    def packages(self, **how):
        return self.ask(**how).json()["data"]["getPackagesV5"]

    def settings(self, **values):
        self.pos.ctl("world", {"settings": values})


@pytest.fixture
def desk(pos):
    return Desk(pos)


@pytest.fixture
def inside(desk):
    desk.login()
    return desk


def test_a_sign_in_opens_a_session_in_body_and_cookie(desk):
    answer = desk.login()

    said = answer.json()
    assert (answer.status_code, said["Result"], said["Message"]) == (200, True, None)
    assert answer.cookies["LLSession"] == said["Data"]["SessionId"]
    assert said["Data"]["UserId"] == 5101


def test_a_rejected_sign_in_is_200_and_sends_the_password_back(desk):
    answer = desk.login(password="guessed-wrong")

    assert (answer.status_code, answer.json()["Result"]) == (200, False)
    assert "guessed-wrong" in answer.text


def test_the_other_login_answers_with_another_name_for_the_session(desk):
    said = {"UserName": USER, "Password": PASSWORD, "AppId": 2, "LocId": LOC, "LspId": LSP}

    answer = desk.post(EMPLOYEE_LOGIN, said)
    elsewhere = desk.post(EMPLOYEE_LOGIN, {**said, "LspId": 822})

    assert set(answer.json()["Data"]) == {"SessionGId", "UserId", "OrgId"}
    assert elsewhere.json()["Result"] is False


@pytest.mark.parametrize(("door", "path"), [("user", EMPLOYEE_LOGIN), ("employee", LOGIN)])
def test_a_tenant_may_have_one_of_the_two_doors_only(desk, door, path):
    desk.settings(loginDoor=door)
    said = {"Username": USER, "UserName": USER, "Password": PASSWORD, "LspId": LSP, "LocId": LOC}

    assert desk.post(path, said).status_code == 404


def test_packages_come_in_pages_with_their_total(inside):
    first, second, last = inside.packages(take=20), inside.packages(skip=20, take=20), inside.packages(skip=40)

    assert [page["totalCount"] for page in (first, second, last)] == [30, 30, 30]
    ids = [row["inventoryId"] for page in (first, second, last) for row in page["items"]]
    assert len(ids) == len(set(ids)) == 30


def test_rows_use_the_poss_words_and_the_stores_own_dates(inside):
    row = inside.packages()["items"][0]
    kept = inside.pos.server.world.get("inventory", row["inventoryId"])

    assert {name: row[name] for name in ("productId", "sku", "unitPrice", "quantityAvailable")} == {
        name: kept[name] for name in ("productId", "sku", "unitPrice", "quantityAvailable")
    }
    assert not {"labResults", "roomQuantities", "lastModifiedDateUtc", "_locationId"} & set(row)
    written = datetime.strptime(row["lastModifiedDate"], "%m/%d/%Y, %I:%M:%S %p")
    utc = datetime.fromisoformat(kept["lastModifiedDateUtc"]).replace(tzinfo=None)
    assert (utc - written).total_seconds() == 5 * 3600  # New York in November
    assert row["expirationDate"].endswith(", 12:00:00 AM")


def test_the_pos_and_the_back_office_tell_of_one_shelf(inside):
    id_ = inside.packages()["items"][3]["inventoryId"]

    inside.pos.ctl("world", {"inventory": {str(id_): {"quantityAvailable": 5}}})

    assert inside.packages()["items"][3]["quantityAvailable"] == 5


def test_only_posts_with_the_app_name_are_heard(inside):
    assert inside.post(GRAPHQL, {}, method="GET").status_code == 405
    assert inside.post("/api/v2/nowhere", {}).status_code == 404
    assert inside.ask(headers={}).json()["Result"] is False


def test_a_call_without_its_session_in_cookie_and_body_is_refused(inside):
    assert inside.ask(SessionId="another").status_code == 401
    inside.cookies = {}
    assert inside.ask().status_code == 401


def test_another_tenants_lsp_is_refused_and_its_store_shows_nothing(inside):
    assert inside.ask(LspId=822).json()["Result"] is False
    assert inside.packages(LocId=4101) == {"totalCount": 0, "items": []}
    assert inside.packages(LocId=0) == {"totalCount": 0, "items": []}


@pytest.mark.parametrize("form", ["401", "message"])
def test_a_session_ends_after_its_calls(inside, form):
    inside.settings(sessionCalls=2, sessionEnds=form)

    answers = [inside.ask() for _ in range(3)]

    assert [answer.status_code for answer in answers[:2]] == [200, 200]
    if form == "401":
        assert (answers[2].status_code, answers[2].content) == (401, b"")
    else:
        assert answers[2].json() == {"Result": False, "Data": None, "Message": "Invalid session"}


def test_a_session_ends_after_its_seconds(inside):
    inside.settings(sessionSeconds=600)
    inside.pos.ctl("clock", {"advance": 599})
    assert inside.ask().status_code == 200

    inside.pos.ctl("clock", {"advance": 1})

    assert inside.ask().status_code == 401


@pytest.mark.parametrize("form", ["429", "message"])
def test_sixty_calls_a_minute_and_login_are_allowed(inside, form):
    inside.settings(throttledAs=form)
    for _ in range(59):  # the sign-in was the first
        assert "data" in inside.ask().json()

    over = inside.ask()

    assert over.status_code == (429 if form == "429" else 200)
    assert over.json()["Message"] == "Too many requests - only 60 per minute allowed"
    inside.pos.ctl("clock", {"advance": 60})
    assert "data" in inside.ask().json()


def rows_of(answer):
    return answer.json()["data"]["getPackagesV5"]["items"]


@pytest.mark.parametrize(
    ("fault", "count"),
    [("200_empty_list", 0), ("half_list", 15), ("duplicate_row", 31), ("unknown_fields", 30), ("brand_null", 30)],
)
def test_faults_of_lists_strike_the_list_inside_and_leave_the_total(inside, fault, count):
    inside.pos.raise_fault(GRAPHQL, fault)

    answer = inside.ask()

    assert (len(rows_of(answer)), answer.json()["data"]["getPackagesV5"]["totalCount"]) == (count, 30)


def test_faults_of_pages_know_skip_and_take(inside):
    first, second = inside.packages(take=10)["items"], inside.packages(skip=10, take=10)["items"]

    inside.pos.raise_fault(GRAPHQL, "repeated_page", times=1)
    assert inside.packages(skip=10, take=10)["items"] == first
    inside.pos.raise_fault(GRAPHQL, "duplicate_row_on_page_boundary", times=1)
    assert inside.packages(skip=10, take=10)["items"] == [first[-1], *second[:9]]


@pytest.mark.parametrize("fault", ["403", "403_html", "503_html"])
def test_the_edge_answers_with_a_page(inside, fault):
    inside.pos.raise_fault(GRAPHQL, fault)

    answer = inside.ask()

    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.status_code in (403, 503)


def test_a_fault_may_strike_one_store_alone(inside):
    inside.pos.raise_fault(GRAPHQL, "500", caller=7101)

    assert inside.ask().status_code == 500
    assert inside.ask(LocId=7102).status_code == 200


def test_a_fault_after_the_commit_leaves_a_session_behind(desk):
    desk.pos.raise_fault(LOGIN, "500_after_commit", times=1)

    assert desk.post(LOGIN, {"Username": USER, "Password": PASSWORD}).status_code == 500

    assert len(desk.pos.server.world.rows("sessions")) == 1
    assert desk.pos.journal()[-1]["committed"] is True


def test_both_counters_share_one_control_surface_and_one_journal_without_secrets(inside):
    inside.ask()
    inside.login(password="guessed-wrong")

    headers = {"X-Control-Token": TOKEN}
    there = requests.get(inside.url + "/_ctl/journal", headers=headers, timeout=5)

    assert there.json() == inside.pos.journal()
    calls = [(entry["path"], entry["auth"], entry["caller"]) for entry in there.json()]
    assert calls == [(LOGIN, "ok", None), (GRAPHQL, "ok", LOC), (LOGIN, "wrong", None)]
    assert not any(secret in there.text for secret in (PASSWORD, "guessed-wrong", inside.block["SessionId"]))


def test_signing_in_again_opens_another_session(inside):
    before = inside.block["SessionId"]

    inside.login()

    assert inside.block["SessionId"] != before
    assert len(inside.pos.server.world.rows("sessions")) == 2
