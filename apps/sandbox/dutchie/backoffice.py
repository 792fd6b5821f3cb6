"""Dutchie's back office: the private web API that its own pages use, as clients saw it: who may ask, and its refusals.

All is POST and JSON; `appname: Backoffice` is on every call, and behind the sign-in the session is too: in the cookie
LLSession and in the block {SessionId, LspId, LocId, OrgId, UserId}. A refusal is {Result: false} under HTTP 200.
"""

import json
from dataclasses import replace

from apps.sandbox.guest import Guest
from apps.sandbox.wire import Answer, Request, as_json

from . import packages
from .limits import Limits
from .sessions import Sessions

LIMIT = 60  # calls a minute and login
# Where a page of the back office asks; the discounts' doors (get-discount and its kin) would stand here too.
DOORS = {"/api/graphql": packages.graphql}


class Backoffice(Guest):
    """The counter beside the POS: `fill` hands it the world that the POS has filled."""

    name = "backoffice"
    id_fields = ("inventoryId",)
    price_fields = ("unitPrice", "recUnitPrice")
    quantity_field = "quantityAvailable"

    def fill(self, world) -> None:
        self.world, self.limits, self.sessions = world, Limits(world), Sessions(world)

    def caller(self, view, request: Request) -> tuple[str, int | None]:
        """Whether sign-in or session is right, and the location the call names."""
        said = body_of(request)
        if self.sessions.is_login(request.path):
            known = "ok" if self.sessions.knows(said) else "wrong"
        else:
            known = "ok" if self.sessions.who(request, said) else "wrong" if said.get("SessionId") else "none"
        return known, said.get("LocId") or None

    def answer(self, view, request: Request) -> Answer:
        said, door = body_of(request), DOORS.get(request.path)
        login = self.sessions.is_login(request.path)
        if not (login or door):
            return Answer(status=404)
        if request.method != "POST":
            return Answer(status=405)
        if request.headers.get("appname") != "Backoffice":
            return refusal("Unknown application")
        who = said if login else self.sessions.who(request, said)
        if not who:
            return self._session_over()
        if not self.limits.within(LIMIT, who.get("Username") or who.get("UserName") or "", "backoffice"):
            return self.refuse(429)
        if login:
            return self.sessions.login(request.path, said)
        if said.get("LspId") != who["LspId"]:
            return refusal(f"User has no access to LSP {said.get('LspId')}")
        self.sessions.count(who["id"])
        return as_json(door(view, who["LspId"], said))

    def refuse(self, status: int) -> Answer:
        """401 and 429 may come as 200, as the settings `sessionEnds` and `throttledAs` say; 403 is the edge's."""
        if status == 401:
            return self._session_over()
        if status == 429:
            words = f"Too many requests - only {LIMIT} per minute allowed"
            hidden = self.world.setting("throttledAs") == "message"
            return refusal(words) if hidden else as_json({"Message": words}, status=429)
        if status == 403:
            edge = b"<!doctype html><title>Access denied</title><h1>Sorry, you have been blocked</h1>"
            return Answer(status=403, body=edge, type="text/html; charset=utf-8")
        return Answer(status=status)

    def _session_over(self) -> Answer:
        return refusal("Invalid session") if self.world.setting("sessionEnds") == "message" else Answer(status=401)

    def list_in(self, payload) -> list | None:
        return packages.list_in(payload)

    def with_list(self, payload, rows):
        return packages.with_list(payload, rows)

    def start_of(self, request: Request) -> int | None:
        return packages.variables(body_of(request)).get("skip")

    def from_start(self, request: Request, start: int | None) -> Request:
        said = body_of(request)
        said["variables"] = {**packages.variables(said), "skip": start or 0}
        return replace(request, body=json.dumps(said).encode())


def refusal(message: str, data=None) -> Answer:
    return as_json({"Result": False, "Data": data, "Message": message})


def body_of(request: Request) -> dict:
    """The call's JSON object; anything else says nothing."""
    try:
        said = json.loads(request.body or b"{}")
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
