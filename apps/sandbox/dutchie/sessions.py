"""Signing in to the back office: two doors, and sessions that end after some calls or some seconds.

The world's kind `signIns` is keyed by user name; `sessions`, keyed by session id, holds who is signed in. A rejected
sign-in answers HTTP 200 and sends the password back, as the real one was seen to do.
"""

import hashlib
import hmac
from datetime import timedelta

from apps.sandbox.clock import iso, moment
from apps.sandbox.wire import Answer, Request, as_json

USER, EMPLOYEE = "/api/user/login", "/api/posv3/user/EmployeeLogin"
DOORS = {USER: ("user", "Username", "SessionId"), EMPLOYEE: ("employee", "UserName", "SessionGId")}


class Sessions:
    def __init__(self, world):
        self._world = world
        self._made = 0

    def is_login(self, path: str) -> bool:
        return path in DOORS

    def knows(self, said: dict) -> bool:
        return self._user(said) is not None

    def login(self, path: str, said: dict) -> Answer:
        """A new session. The setting `loginDoor` (user, employee, both) says which door there is."""
        kind, _, id_name = DOORS[path]
        if self._world.setting("loginDoor") not in (kind, "both"):
            return Answer(status=404)
        user = self._user(said)
        if user is None or (path == EMPLOYEE and said.get("LspId") != user["lspId"]):
            return as_json({"Result": False, "Data": said, "Message": "The user name or password is incorrect."})
        id = self._begin(user)
        data = {id_name: id, "UserId": user["userId"], "OrgId": user["lspId"]}
        cookie = {"Set-Cookie": f"LLSession={id}; path=/; HttpOnly"}
        return as_json({"Result": True, "Data": data, "Message": None}, headers=cookie, committed=True)

    def who(self, request: Request, said: dict) -> dict | None:
        """The session of this call; None when it has ended, or when cookie and block don't agree."""
        id = str(said.get("SessionId"))
        row = self._world.get("sessions", id)
        if row is None or _cookie(request) != id or said.get("UserId") != row["UserId"]:
            return None
        return None if self._over(row) else {**row, "id": id}

    def count(self, id: str) -> None:
        """One more call of this session has been answered."""
        row = self._world.get("sessions", id)
        self._world.put("sessions", id, {**row, "calls": row["calls"] + 1})

    def _over(self, row: dict) -> bool:
        most, seconds = self._world.setting("sessionCalls"), self._world.setting("sessionSeconds")
        ends = moment(row["at"]) + timedelta(seconds=seconds)
        return bool((most and row["calls"] >= most) or self._world.now() >= ends)

    def _user(self, said: dict) -> dict | None:
        name = said.get("Username") or said.get("UserName")
        user = self._world.get("signIns", name)
        right = user and hmac.compare_digest(str(said.get("Password")).encode(), user["password"].encode())
        return {**user, "name": name} if right else None

    def _begin(self, user: dict) -> str:
        self._made += 1
        id = hashlib.sha256(f"{user['name']}:{self._made}".encode()).hexdigest()[:32]
        row = {"Username": user["name"], "UserId": user["userId"], "LspId": user["lspId"], "calls": 0}
        self._world.put("sessions", id, {**row, "at": iso(self._world.now())})
        return id


def _cookie(request: Request) -> str | None:
    pairs = (part.strip().partition("=") for part in request.headers.get("cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == "LLSession"), None)
