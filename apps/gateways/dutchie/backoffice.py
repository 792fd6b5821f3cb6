"""Dutchie's back office: the packages of one store, behind a person's sign-in.

It is a private web API, known from clients only: all is POST and JSON in PascalCase, a session goes in a cookie and in
every body, and a refusal is {Result: false} under HTTP 200, which on the sign-in path holds the password again. So no
word of an answer on that path is ever kept.
"""

import re
from collections.abc import Collection
from typing import Any

from apps.gateways.answers import SAID
from apps.gateways.base import FREE_LINE, Declined, Gateway, GatewayError, Line, Unreachable
from apps.gateways.dutchie import BACKOFFICE
from apps.gateways.dutchie.envelope import refusal_in
from apps.gateways.dutchie.payloads.packages import page_in
from apps.gateways.dutchie.pos import Page, id_of
from apps.gateways.dutchie.session import Session, Sessions, read_session
from apps.gateways.exchange import Answer

SOURCE = "backoffice"
# Two doors were seen; a tenant has one of them, and the other answers 404.
LOGIN, EMPLOYEE_LOGIN = "/api/user/login", "/api/posv3/user/EmployeeLogin"
LOGINS = (LOGIN, EMPLOYEE_LOGIN)
NOT_HERE, NOT_SIGNED_IN = 404, 401
# On a login path: 200 is {Result: false}.
REFUSED = frozenset({200, 401, 403})
TAKE = 1000
MOST_PAGES = 200
# How often the list is begun again when its length changes between two pages.
READINGS = 3
QUERY = "query getPackagesV5($skip: Int, $take: Int) { getPackagesV5(skip: $skip, take: $take) { totalCount items } }"
# A page that asks a person to sign in, where data were asked for: the session has gone.
SIGN_IN_PAGE = re.compile(rb"<form\b[^>]*\baction=[^>]*(?:log|sign)-?in|<input\b[^>]*\btype=[\"']?password", re.I)
TENANT = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")


class Backoffice(Gateway):
    """One store as one sign-in sees it. `lsp` and `loc` are Dutchie's numbers; `sessions` keeps what all processes
    share: the session that is open, and that a sign-in was refused."""

    service = BACKOFFICE

    def __init__(
        self,
        base_url: str,
        username: str,
        password: str,
        *,
        lsp: int,
        loc: int,
        sessions: Sessions,
        line: Line = FREE_LINE,
        allow: Collection[str] = (),
    ) -> None:
        super().__init__(base_url, line=line, allow=allow)
        if not (lsp and loc):
            raise ValueError("The back office has to be asked for one store of one LSP.")
        self._username, self._password = username, password
        self._lsp, self._loc = lsp, loc
        self._sessions = sessions
        self._secrets = (password,)

    def inventory(self) -> Page:
        """All packages at the store; read the body with `read_packages`. Raises Declined when the sign-in is refused,
        or was within the last half hour; Unreachable for anything less than the whole list."""
        for _ in range(READINGS):
            rows = self._all()
            if rows is not None:
                return Page(b"[" + b",".join(rows) + b"]", SOURCE)
        raise Unreachable(self.service, "The list changed each time it was read.")

    def judged(self, path: str, answer: Answer, failed: GatewayError | None) -> GatewayError | None:
        failed = failed or refusal_in(answer.body, secrets=self._secrets)
        if path in LOGINS:
            return _of_login(failed) if isinstance(failed, Declined) else failed
        return _signed_out() if failed and _asks_to_sign_in(answer) else failed

    def _all(self) -> list[bytes] | None:
        """Every row, told apart by id across pages; None when their number changed on the way."""
        rows: list[bytes] = []
        seen: set[object] = set()
        total: int | None = None
        for _ in range(MOST_PAGES):
            count, page = page_in(self._packages(skip=len(seen)))
            if total not in (None, count):
                return None
            total = count
            fresh = [row for row in page if id_of(row, "inventoryId") not in seen]
            rows += fresh
            seen |= {id_of(row, "inventoryId") for row in fresh}
            if len(seen) >= total:
                return rows
            if not fresh:
                raise Unreachable(self.service, f"It sent {len(seen):,} of {total:,} packages.")
        raise Unreachable(self.service, "The list doesn't come to an end.")

    def _packages(self, *, skip: int) -> bytes:
        variables = {"skip": skip, "take": TAKE}
        question = {"operationName": "getPackagesV5", "query": QUERY, "variables": variables}
        return self._signed_in("/api/graphql", question)

    def _signed_in(self, path: str, question: dict[str, Any]) -> bytes:
        """Asked within the session that is open, else in a new one; a session that has ended is renewed once."""
        session = read_session(self._sessions.get())
        if session:
            try:
                return self._within(session, path, question)
            except Declined as declined:
                if declined.status != NOT_SIGNED_IN:
                    raise
            self._sessions.drop()
        try:
            return self._within(self._sign_in(), path, question)
        except Declined as declined:
            if declined.status == NOT_SIGNED_IN:
                self._sessions.drop()
            raise

    def _within(self, session: Session, path: str, question: dict[str, Any]) -> bytes:
        self._secrets = (self._password, session.id)
        block = session.block(lsp=self._lsp, loc=self._loc)
        headers = {**self._headers(), "Cookie": f"LLSession={session.id}"}
        return self.ask(path, block | question, headers, expects="object")

    def _sign_in(self) -> Session:
        """A new session, kept for all. A refusal is kept too, so that nobody knocks until the account is locked."""
        if why := self._sessions.refused():
            raise Declined(self.service, why)
        self._sessions.knock()
        try:
            body = self._login()
        except Declined as declined:
            if declined.status == NOT_SIGNED_IN:
                self._sessions.refuse(declined.reason)
            raise
        session = Session.of_login(body)
        self._sessions.put(session.text())
        return session

    def _login(self) -> bytes:
        """Asked once: a second knock after a broken answer could be the one that locks the account."""
        said: dict[str, Any] = {"Username": self._username, "Password": self._password, "RememberMe": False}
        try:
            return self.ask(LOGIN, said, self._headers(), expects="object", once=True)
        except Declined as declined:
            if declined.status != NOT_HERE:
                raise
        said = {"UserName": self._username, "Password": self._password, "AppId": 2}
        said |= {"LocId": self._loc, "LspId": self._lsp}
        return self.ask(EMPLOYEE_LOGIN, said, self._headers(), expects="object", once=True)

    def _headers(self) -> dict[str, str]:
        return {"appname": "Backoffice", "Origin": self.base_url}


def address(template: str, tenant: str) -> str:
    """The base URL of a tenant's back office. Raises ValueError for a tenant that is no host name's part, where the
    template asks for one."""
    if "{tenant}" in template and not TENANT.fullmatch(tenant):
        raise ValueError("The tenant is the first part of the back office's address: letters, digits and hyphens.")
    return template.replace("{tenant}", tenant)


def _asks_to_sign_in(answer: Answer) -> bool:
    page = answer.body.lstrip()
    return answer.status == 200 and page.startswith(b"<") and bool(SIGN_IN_PAGE.search(page))


def _signed_out() -> Declined:
    return Declined(BACKOFFICE, "A sign-in page came where data was expected.", status=NOT_SIGNED_IN)


def _of_login(failed: Declined) -> Declined:
    """The same in our words alone; of theirs, none is safe here."""
    if failed.status in REFUSED:
        return Declined(BACKOFFICE, "The sign-in was refused.", status=NOT_SIGNED_IN)
    words = SAID.get(failed.status or 0, f"It declined the sign-in with {failed.status}.")
    return Declined(BACKOFFICE, words, status=failed.status)
