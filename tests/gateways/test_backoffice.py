"""The back office over real sockets: one session for all, renewed once, no storm of sign-ins, never half a list."""

import json
from datetime import UTC

import pytest

from apps import sandbox
from apps.gateways import base
from apps.gateways.base import Declined, Unreachable
from apps.gateways.dutchie import backoffice as module
from apps.gateways.dutchie.backoffice import Backoffice, address
from apps.gateways.dutchie.payloads.packages import read_packages

from .rows import good, wire
from .stage import answers

USER, PASSWORD = "backoffice@tidewater.example", "tide-pool-821"


class Shelf:
    """Sessions in memory, with the promises of `Sessions`."""

    def __init__(self):
        self.text, self.why, self.opened, self.knocks = "", "", 0, 0

    def get(self):
        return self.text

    def put(self, text):
        self.text, self.opened = text, self.opened + 1

    def drop(self):
        self.text = ""

    def knock(self):
        self.knocks += 1

    def refuse(self, reason):
        self.why = reason

    def refused(self):
        return self.why


class Lines:
    """A line that remembers what it was told."""

    key = "here"

    def __init__(self):
        self.calls = []

    def ask(self):
        return None

    def tell(self, call):
        self.calls.append(call)


def said(result=True, data=None, message=None, status=200):
    return answers(status, json.dumps({"Result": result, "Data": data, "Message": message}).encode())


def numbered(number):
    """A row with an id of its own, as the wire has it."""
    return wire({**good(), "inventoryId": number})


def page(*rows, total=None):
    total = len(rows) if total is None else total
    head = b'{"data": {"getPackagesV5": {"totalCount": ' + str(total).encode() + b', "items": ['
    return answers(200, head + b", ".join(rows) + b"]}}}")


SIGNED_IN = said(data={"SessionId": "first-session", "UserId": 7})
AGAIN = said(data={"SessionId": "second-session", "UserId": 7})
OVER = said(False, message="Invalid session")
EDGE = answers(403, b"<!doctype html><title>Just a moment</title>")


@pytest.fixture
def office_at(stage, monkeypatch):
    """Builds a Backoffice in front of a stage with these acts; `.stage`, `.shelf` and `.lines` tell what happened."""
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.02))

    def build(*acts, shelf=None, loc=7101):
        theatre, shelf, lines = stage(*acts), shelf or Shelf(), Lines()
        office = Backoffice(
            theatre.url, USER, PASSWORD, lsp=821, loc=loc, sessions=shelf, line=lines, allow=["127.0.0.1"]
        )
        office.stage, office.shelf, office.lines = theatre, shelf, lines
        return office

    return build


def paths(office):
    return [request.split(b" ")[1].decode() for request in office.stage.requests]


def body(request):
    return json.loads(request.partition(b"\r\n\r\n")[2])


def ids(found):
    return [row.inventory_id for row in read_packages(found.body, zone=UTC).good]


LOGIN, GRAPHQL = "/api/user/login", "/api/graphql"


def test_a_call_carries_session_store_and_application(office_at):
    office = office_at(SIGNED_IN, page(numbered(1)))

    assert (ids(office.inventory()), office.inventory().source) == ([1], "backoffice")

    login, ask = office.stage.requests[:2]
    assert body(login) == {"Username": USER, "Password": PASSWORD, "RememberMe": False}
    block = {name: body(ask)[name] for name in ("SessionId", "LspId", "LocId", "OrgId", "UserId")}
    assert block == {"SessionId": "first-session", "LspId": 821, "LocId": 7101, "OrgId": 0, "UserId": 7}
    for header in (b"appname: Backoffice", b"Origin: http://127.0.0.1", b"Cookie: LLSession=first-session"):
        assert header in ask
    assert b"Cookie" not in login


def test_a_session_is_used_by_the_next_gateway_too(office_at):
    shelf = Shelf()
    office_at(SIGNED_IN, page(numbered(1)), shelf=shelf).inventory()

    other = office_at(page(numbered(1)), shelf=shelf)
    other.inventory()

    assert (paths(other), shelf.opened) == ([GRAPHQL], 1)


@pytest.mark.parametrize("over", [OVER, answers(401), answers(200, b'{"errors": [{"message": "Session expired"}]}')])
def test_a_session_that_ended_is_renewed_once(office_at, over):
    office = office_at(SIGNED_IN, page(numbered(1)), over, AGAIN, page(numbered(2)))
    office.inventory()

    assert ids(office.inventory()) == [2]

    assert paths(office) == [LOGIN, GRAPHQL, GRAPHQL, LOGIN, GRAPHQL]


@pytest.mark.parametrize("over", [OVER, answers(401)])
def test_a_session_refused_right_after_the_sign_in_is_not_renewed_again(office_at, over):
    shelf = Shelf()
    shelf.put(module.Session("stale").text())
    office = office_at(over, SIGNED_IN, over, shelf=shelf)

    with pytest.raises(Declined, match="session|refused"):
        office.inventory()

    assert paths(office) == [GRAPHQL, LOGIN, GRAPHQL]
    assert (shelf.text, shelf.why) == ("", "")


@pytest.mark.parametrize("refusal", [said(False, data={"Password": PASSWORD}, message=f"No: {PASSWORD}"), answers(401)])
def test_a_rejected_sign_in_is_not_tried_again(office_at, refusal):
    office = office_at(refusal)

    for _ in range(3):
        with pytest.raises(Declined, match="refused"):
            office.inventory()

    assert paths(office) == [LOGIN]
    assert office.shelf.why == "The sign-in was refused."


@pytest.mark.parametrize(
    "answer",
    [
        said(False, data={"Password": PASSWORD}, message=f"Wrong password {PASSWORD}"),
        said(False, message="Too many requests - only 60 per minute allowed " + PASSWORD),
        answers(400, json.dumps({"Message": f"bad {PASSWORD.upper()}"}).encode()),
        answers(401, json.dumps({"Message": "tide-pool  -821"}).encode()),
        answers(422, json.dumps([f"field {PASSWORD}"]).encode()),
        answers(500, PASSWORD.encode()),
        answers(200, f"[{PASSWORD}".encode()),
        said(True, data={"Password": PASSWORD}),
    ],
)
def test_no_word_of_an_answer_to_a_sign_in_is_kept(office_at, answer, caplog):
    office = office_at(answer)

    with pytest.raises((Declined, Unreachable)) as failed:
        office.inventory()

    kept = " ".join([str(failed.value), repr(office.lines.calls), office.shelf.why, caplog.text])
    assert not any(part in kept.lower() for part in (PASSWORD, "tide", "821 "))


def test_a_secret_in_a_later_refusal_is_left_out(office_at):
    opened = said(data={"SessionId": "0f9a-77", "UserId": 7})
    office = office_at(opened, said(False, message=f"User {PASSWORD} with 0f9a-77 may not"))

    with pytest.raises(Declined) as failed:
        office.inventory()

    assert failed.value.reason == "It declined and said: User … with … may not"


def test_the_edge_is_no_answer_and_no_refusal(office_at):
    office = office_at(EDGE)

    with pytest.raises(Unreachable, match="web page"):
        office.inventory()

    assert (office.shelf.why, paths(office)) == ("", [LOGIN])
    assert office.lines.calls[0].outcome == "unreachable"


@pytest.mark.parametrize(
    "throttle", [said(False, message="Too many requests - only 60 per minute allowed"), answers(429, b"{}")]
)
@pytest.mark.parametrize("at", ["login", "call"])
def test_a_throttle_is_a_wait_in_either_form_and_place(office_at, throttle, at):
    office = office_at(*([throttle] if at == "login" else [SIGNED_IN, throttle]))

    with pytest.raises(Unreachable, match="fewer calls") as failed:
        office.inventory()

    assert (failed.value.status, office.shelf.why) == (429, "")
    assert office.lines.calls[-1].outcome == "unreachable"


def test_another_refusal_is_told_in_their_words(office_at):
    office = office_at(SIGNED_IN, said(False, message="User has no access to LSP 9"))

    with pytest.raises(Declined, match="no access to LSP 9"):
        office.inventory()

    assert office.lines.calls[-1].outcome == "declined"


def test_where_one_login_is_not_there_the_other_is_asked(office_at):
    office = office_at(answers(404), said(data={"SessionGId": "g", "UserId": 4}), page(numbered(1)))

    assert ids(office.inventory()) == [1]

    assert paths(office) == [LOGIN, "/api/posv3/user/EmployeeLogin", GRAPHQL]
    second = body(office.stage.requests[1])
    assert second == {"UserName": USER, "Password": PASSWORD, "AppId": 2, "LocId": 7101, "LspId": 821}


def test_a_broken_sign_in_is_not_knocked_at_twice(office_at):
    office = office_at(answers(503))

    with pytest.raises(Unreachable):
        office.inventory()

    assert paths(office) == [LOGIN]


@pytest.mark.parametrize("id_", [None, "", 5, "a; Path=/", "a\r\nX: y", "a,b"])
def test_a_session_that_could_break_a_cookie_is_none(office_at, id_):
    office = office_at(said(data={"SessionId": id_, "UserId": 1}))

    with pytest.raises(Unreachable, match="without a session"):
        office.inventory()

    assert office.shelf.text == ""


def test_pages_are_read_to_the_total(office_at):
    pages = [page(*map(numbered, numbers), total=5) for numbers in ([1, 2], [3, 4], [5])]
    office = office_at(SIGNED_IN, *pages)

    assert ids(office.inventory()) == [1, 2, 3, 4, 5]

    assert [body(request)["variables"]["skip"] for request in office.stage.requests[1:]] == [0, 2, 4]


def test_a_row_told_twice_at_a_page_boundary_is_one_row(office_at):
    pages = [page(*map(numbered, numbers), total=4) for numbers in ([1, 2], [2, 3], [4])]
    office = office_at(SIGNED_IN, *pages)

    assert ids(office.inventory()) == [1, 2, 3, 4]


@pytest.mark.parametrize("last", [[], [1, 2]])
def test_a_list_that_falls_short_of_its_total_is_no_list(office_at, last):
    office = office_at(
        SIGNED_IN, page(numbered(1), numbered(2), total=5), page(*[numbered(number) for number in last], total=5)
    )

    with pytest.raises(Unreachable, match="2 of 5 packages"):
        office.inventory()


def test_a_list_that_changes_its_length_is_begun_again(office_at):
    moved = [page(numbered(1), total=2), page(numbered(3), total=3)]
    office = office_at(SIGNED_IN, *moved, page(numbered(1), numbered(2), numbered(3)))

    assert ids(office.inventory()) == [1, 2, 3]


def test_a_list_that_never_stands_still_is_given_up(office_at):
    office = office_at(SIGNED_IN, *[page(numbered(1), total=total) for total in (2, 3, 2, 3, 2, 3)])

    with pytest.raises(Unreachable, match="changed each time"):
        office.inventory()


def test_an_empty_list_with_a_total_of_none_is_an_answer(office_at):
    assert office_at(SIGNED_IN, page()).inventory().body == b"[]"


def test_a_row_that_is_no_json_costs_itself_alone(office_at):
    broken = numbered(2).replace(b'"productName"', b'"flavour": NaN, "productName"')
    office = office_at(SIGNED_IN, page(numbered(1), broken, numbered(3)))

    found = read_packages(office.inventory().body, zone=UTC)

    assert [row.inventory_id for row in found.good] == [1, 3]
    assert len(found.bad) == 1


@pytest.mark.parametrize(
    "told",
    [b"{}", b'{"data": null}', b'{"data": {"getPackagesV5": {"totalCount": 1}}}', b'{"items": [}', b"[]", b"<p>"],
)
def test_what_holds_no_packages_is_no_answer(office_at, told):
    with pytest.raises(Unreachable):
        office_at(SIGNED_IN, answers(200, told)).inventory()


def test_a_question_is_tried_again_where_a_moment_may_help(office_at):
    office = office_at(SIGNED_IN, answers(502), answers(503), page(numbered(1)))

    assert ids(office.inventory()) == [1]


def test_no_store_is_nobody_to_ask_for(office_at):
    with pytest.raises(ValueError, match="one store"):
        office_at(SIGNED_IN, loc=0)


def test_a_tenant_is_a_part_of_a_host_name_and_nothing_else():
    template = "https://{tenant}.backoffice.dutchie.example"
    assert address(template, "tidewater-fl") == "https://tidewater-fl.backoffice.dutchie.example"
    assert address("http://127.0.0.1:8102", "") == "http://127.0.0.1:8102"
    for tenant in ("", "evil.example/", "a.b", "a#", "-a", "A B", "x" * 64):
        with pytest.raises(ValueError, match="tenant"):
            address(template, tenant)


# ---- against the emulator, which was written from the same facts and shares no code


@pytest.fixture(scope="module")
def server():
    running = sandbox.serve()
    yield running
    running.stop()


@pytest.fixture
def at_home(server, monkeypatch):
    server.reset()
    monkeypatch.setattr(base, "PAUSES", (0.01, 0.02))
    return lambda shelf=None, **who: Backoffice(
        server.urls["backoffice"],
        **{"username": USER, "password": PASSWORD, "lsp": 821, "loc": 7101, "sessions": shelf or Shelf()} | who,
        allow=["127.0.0.1"],
    )


def logins(server):
    return [entry for entry in server.world.journal.entries() if entry["path"] == LOGIN]


def test_the_emulators_store_is_read_in_pages(at_home, server, monkeypatch):
    monkeypatch.setattr(module, "TAKE", 7)
    shelf = Shelf()

    found = at_home(shelf).inventory()

    assert len(ids(found)) == 30
    assert (len(logins(server)), shelf.opened) == (1, 1)


@pytest.mark.parametrize("form", ["401", "message"])
def test_the_emulators_sessions_end_and_are_renewed(at_home, server, monkeypatch, form):
    monkeypatch.setattr(module, "TAKE", 10)
    server.world.patch({"settings": {"sessionCalls": 2, "sessionEnds": form}})

    assert len(ids(at_home().inventory())) == 30

    assert len(logins(server)) == 2


@pytest.mark.parametrize("door", ["user", "employee"])
def test_both_of_the_emulators_doors_open(at_home, server, door):
    server.world.patch({"settings": {"loginDoor": door}})

    assert len(ids(at_home().inventory())) == 30


def test_the_emulator_refuses_a_wrong_password_once(at_home, server):
    office = at_home(password="guessed")
    for _ in range(2):
        with pytest.raises(Declined, match="refused"):
            office.inventory()

    assert len(logins(server)) == 1


def test_the_emulator_refuses_another_tenants_lsp(at_home):
    with pytest.raises(Declined, match="no access to LSP 822"):
        at_home(lsp=822).inventory()


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("403_html", "web page"),
        ("200_html", "web page"),
        ("half_list", "29 of 30"),
        ("200_empty_list", "0 of 30"),
        ("truncated_json", "stops in the middle"),
        ("wrapped_list", "no list"),
        ("200_object", "no list"),
        ("500", "500"),
        ("429", "fewer calls"),
        ("reset_mid_body", "broke"),
    ],
)
def test_each_fault_becomes_no_answer(at_home, server, fault, words):
    server.world.weather.add([{"path": GRAPHQL, "fault": fault}])

    with pytest.raises(Unreachable, match=words):
        at_home().inventory()


@pytest.mark.parametrize("fault", ["duplicate_row_on_page_boundary", "401_flap"])
def test_what_a_client_can_mend_is_mended(at_home, server, monkeypatch, fault):
    monkeypatch.setattr(module, "TAKE", 10)
    server.world.weather.add([{"path": GRAPHQL, "fault": fault, "times": 1}])

    assert len(set(ids(at_home().inventory()))) == 30
