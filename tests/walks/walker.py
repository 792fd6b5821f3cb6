"""One cell of the matrix: ask a route as somebody about some row, and say what is wrong with the answer."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie

from django.apps import apps
from django.db import connection, models, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from apps.core.scope import everyone
from reup import policy
from tests.walks.bodies import body_for
from tests.walks.town import Asker, House, Town

NAMED_BY = {"accounts.organization": "partner"}  # how a list is asked for a table's row
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
REFUSED = {400, 401, 403, 404, 405, 410}
SIGN_IN = ("/accounts/login/", "/accounts/mfa/", "/admin/login/")
WRITE = re.compile(r"\s*(?:WITH\b.*\b)?(INSERT|UPDATE|DELETE)\b.*?\"?(\w+_\w+)", re.IGNORECASE | re.DOTALL)
OF_NO_ACCOUNT = {"django_session", "core_auditentry", "core_audithead", "core_answer"}  # a visit may be noted
VARYING = re.compile(r'[A-Za-z0-9]{64}|nonce="[^"]*"|data-now="[^"]*"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}')


@dataclass(frozen=True)
class Route:
    """A route of the URL conf by its line's name: its URL name, or its text where it has none."""

    key: str
    name: str
    text: str
    params: tuple[str, ...]

    @property
    def verb(self) -> str:
        return self.key.partition(" ")[2]

    @property
    def line(self) -> policy.Line:
        return policy.line_of(self.key)

    @property
    def face(self) -> str:
        return self.text.split("/")[0] if self.text.startswith(("api/", "admin/")) else "page"


@dataclass(frozen=True)
class Answer:
    status: int
    place: str  # where a redirect leads
    text: str  # all that was sent: body, headers, cookies
    body: str
    writes: tuple[str, ...]

    @property
    def refused(self) -> bool:
        return self.status in REFUSED or self.place == "/admin/" or self.place.startswith(SIGN_IN)

    def told(self, pk) -> tuple:
        """The answer without what differs from call to call, and without the row that was asked for."""
        marked = f"/{pk}/"
        return tuple(
            VARYING.sub("…", str(part).replace(marked, "/…/")) for part in (self.status, self.place, self.body)
        )


def routes() -> list[Route]:
    """Every route of the URL conf; one that takes a verb stands once for each verb of the policy."""
    found = []
    for name, text, params in _patterns(get_resolver().url_patterns):
        key = name or text
        verbs = [line for line in policy.ROUTES if line.startswith(f"{key} ")] if "verb" in params else []
        found += [Route(each, name, text, params) for each in verbs or [key]]
    return found


def _patterns(patterns, spaces=(), before="") -> Iterator[tuple[str, str, tuple[str, ...]]]:
    for one in patterns:
        text = f"{before}{one.pattern}"
        if isinstance(one, URLPattern):
            params = tuple(one.pattern.converters) or tuple(one.pattern.regex.groupindex)
            yield ":".join([*spaces, one.name]) if one.name else "", text, params
        else:
            yield from _patterns(one.url_patterns, (*spaces, one.namespace) if one.namespace else spaces, text)


@dataclass
class Walker:
    """Asks in a savepoint that is rolled back, so that each cell finds the town as it was built."""

    town: Town
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))
    cells: int = 0
    routes: int = 0

    def ask(self, asker: Asker, route: Route, method: str, pk=None) -> Answer:
        self.cells += 1
        in_body = bool(route.line.of) and not _named_in(route)
        sent = body_for(route, pk, asker) if method in ("POST", "PATCH") else None
        query = {}
        if in_body and method == "GET" and pk is not None and route.key in policy.API:
            query = {NAMED_BY.get(route.line.of, "location"): pk}
        return self.call(asker, method, path_of(route, pk), sent, api=route.face == "api", query=query)

    def call(self, asker: Asker, method: str, path: str, sent=None, *, api=False, query=None) -> Answer:
        self.client.cookies = SimpleCookie({"sessionid": asker.session} if asker.session else {})
        more = {"content_type": "application/json"} if api else {}
        headers = {"Idempotency-Key": "a walk", "If-Match": '"1"'} if api else {}
        if asker.key:
            headers["Authorization"] = f"Api-Key {asker.key}"
        if method == "GET":
            more = {"data": query or {}}
        elif method == "POST" or sent:
            more["data"] = sent or {}
        with _undone(), _writes() as written:
            answer = getattr(self.client, method.lower())(path, headers=headers, **more)
        return _read(answer, written)

    def pushed(self, asker: Asker, row) -> tuple[dict, dict, set[str]]:
        """The row before and after its page in the back office was sent every field there is, and the fields shown."""
        path = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
        self.client.cookies = SimpleCookie({"sessionid": asker.session})
        page = self.client.get(path).context
        form = page["adminform"].form
        rival = self.town.houses["rival"].organization.pk
        sent = {field.name: _other(field, rival) for field in row._meta.concrete_fields}
        shown = {name: form.fields[name].prepare_value(form[name].value()) for name in form.fields}
        sent |= {name: "" if value is None else value for name, value in shown.items()}
        for inline in page["inline_admin_formsets"]:
            sent |= {f"{inline.formset.prefix}-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
        with _undone():
            before = _columns(row)
            answer = self.client.post(path, sent)
            assert answer.status_code == 302, answer.context["adminform"].form.errors  # not saved: nothing is shown
            return before, _columns(row), set(form.fields)

    def wrong(self, asker: Asker, route: Route) -> Iterator[str]:
        """Everything unexpected that this asker meets on this route."""
        for method in METHODS:
            if method == "HEAD" and lets_in(asker, route, "GET"):
                continue  # the same as GET, without its body
            for house in self._houses(asker, route, method):
                for fault in self._faults(asker, route, method, house):
                    yield f"{asker.label}: {method} {house.key + chr(39) + 's' if house else ''}: {fault}"

    def _houses(self, asker: Asker, route: Route, method: str) -> list[House | None]:
        """Whose rows to ask for: all houses' where somebody is let in, else one is enough."""
        if not route.line.of:
            return [None]
        having = [house for house in self.town.houses.values() if route.line.of in house.rows]
        return having if lets_in(asker, route, method) else having[:1]

    def _faults(self, asker: Asker, route: Route, method: str, house: House | None) -> Iterator[str]:
        row = house.rows[route.line.of] if house else None
        answer = self.ask(asker, route, method, row and key_of(row, route))
        yield from (f"shows {word}" for word in self.town.secrets_from(asker) if word in answer.text)
        if answer.status >= 500:
            yield f"broke with {answer.status}"
        known = "GET" if method == "HEAD" else method
        if not lets_in(asker, route, known):
            yield from _not_refused(answer, in_words=asker.role in route.line.in_words)
        elif house is None or self._reaches(asker, route, known, house):
            yield from _not_granted(route, answer)
        elif _named_in(route) and self.within(asker, route.line.known, house):
            yield from _not_refused(answer)
        elif method != "HEAD":
            yield from self._known(asker, route, method, key_of(row, route), answer)

    def _reaches(self, asker: Asker, route: Route, method: str, house: House) -> bool:
        if method == "GET" and not _named_in(route) and route.face != "api":
            return True  # a list names no row
        return self.within(asker, route.line.rows(method), house)

    def within(self, asker: Asker, rows: policy.Rows, house: House) -> bool:
        circle = self.town.relation(asker, house)
        if rows == policy.OFFERED and not house.organization.sells:
            return False
        inside = {policy.OWN: [policy.OWN], policy.PARTNERS: list(policy.Rows)}
        inside |= {policy.ACROSS: [policy.SHARED, policy.PARTNERS], policy.BOUGHT: [policy.SHARED]}
        return asker.everywhere or circle in inside.get(rows, [policy.OWN, policy.SHARED])

    def _known(self, asker: Asker, route: Route, method: str, key, answer: Answer) -> Iterator[str]:
        """Somebody else's row has to be answered as one that isn't there."""
        nothing = unknown(route.line.of, route)
        if answer.told(key) != self.ask(asker, route, method, nothing).told(nothing):
            yield f"can be told from a row that isn't there ({answer.status} {answer.place})"
        if answer.writes:
            yield f"wrote {answer.writes}"
        if _named_in(route) and answer.status < 300:
            yield f"answered {answer.status}"


def path_of(route: Route, pk=None) -> str:
    """Rows go where the address has room for one; a route without a name has its text."""
    if not route.name:
        return "/" + re.sub(
            r"<[^>]*>|\(.*", lambda found: str(pk or 1) if found[0][0] == "<" else "nowhere", route.text
        )
    given = {"verb": route.verb, "kind": "confirmation", "app_label": "catalog", "content_type_id": "1"}
    if not route.line.of:
        nobodys = "987654321" if "<int:pk>" in route.text else "5f0c8a51-6d3b-4c60-9c3e-0c5d5d0b7a11"
        given["pk"] = nobodys  # a row of no table that the policy names
    return reverse(route.name, kwargs={name: given.get(name, pk or 1) for name in route.params})


def lets_in(asker: Asker, route: Route, method: str) -> bool:
    if asker.key and route.face == "api":
        wanted = policy.scope_of(route.key, method)
        return wanted is not None and (not wanted or wanted in asker.scopes) and bool(route.line.who(method))
    return asker.role in route.line.who(method) and _enters(asker, route)


def _enters(asker: Asker, route: Route) -> bool:
    """Past the back office's door. Its sign-in is for those who are not signed in; anybody may leave."""
    outside = {"admin:login": asker.role == policy.ANONYMOUS, "admin:logout": True}
    return route.face != "admin" or outside.get(route.name, False) or policy.enters(asker.role, is_staff=asker.is_staff)


def key_of(row, route: Route | None = None):
    """What names the row: in topics and where an address has a number, an order's."""
    numbered = route is None or "number" in route.params
    return row.number if numbered and hasattr(row, "number") else row.pk


def unknown(table: str, route: Route | None = None):
    """A key that is no row's."""
    if route and "number" in route.params:
        return "987654321"
    is_uuid = isinstance(apps.get_model(table)._meta.pk, models.UUIDField)
    return "5f0c8a51-6d3b-4c60-9c3e-0c5d5d0b7a11" if is_uuid else 987_654_321


def _columns(row) -> dict:
    with everyone("test"):
        return type(row).objects.filter(pk=row.pk).values().get()


def _other(field, organization):
    """Some value that isn't there yet, of the field's kind."""
    if field.name == "organization":
        return str(organization)
    return "on" if isinstance(field, models.BooleanField) else "7"


def _named_in(route: Route) -> bool:
    return bool(set(route.params) - {"verb", "app_label"}) or not route.name


def _not_refused(answer: Answer, *, in_words: bool = False) -> Iterator[str]:
    if not answer.refused and not (in_words and answer.status == 302):
        yield f"was let in: {answer.status} {answer.place}"
    if answer.writes:
        yield f"was refused, and yet wrote {answer.writes}"


def _not_granted(route: Route, answer: Answer) -> Iterator[str]:
    if (
        answer.status in REFUSED
        or answer.place.startswith("/admin/login/")
        or (_named_in(route) and answer.place == "/admin/")
    ):
        yield f"was refused: {answer.status} {answer.place}"


def _read(answer: HttpResponse, written: list[str]) -> Answer:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    headers = "\n".join(f"{name}: {value}" for name, value in answer.items())
    text = body.decode("utf-8", errors="replace")
    sent = f"{text}\n{headers}\n{answer.cookies.output()}"
    return Answer(answer.status_code, answer.get("Location", ""), sent, text, tuple(sorted(set(written))))


@contextmanager
def _undone():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def _writes() -> Iterator[list[str]]:
    """The tables that statements changed."""
    found: list[str] = []

    def seen(execute, sql, params, many, context):
        if (write := WRITE.match(str(sql))) and write[2] not in OF_NO_ACCOUNT:
            found.append(f"{write[1]} {write[2]}")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(seen):
        yield found
