"""One question as METRC reads it: who asks, for which licence, which range and page, and the array of a write."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from apps.sandbox.clock import moment
from apps.sandbox.wire import Answer, Request, as_json
from apps.sandbox.world import Row, View, World

from .ledger import Ledger

LARGEST_PAGE, USUAL_PAGE = 20, 10
MOST_ROWS = 10
FROM = ":from"  # a header that no client can send: the row a page begins at, for faults between pages
ZONE_LOST = re.compile(r"(.+T[\d:.]+) \d\d:?\d\d")  # a plus that was not escaped has become a space


class Refused(ValueError):
    """METRC says no: a status, and the body it says it with."""

    def __init__(self, payload, *, status: int = 400):
        super().__init__(payload if isinstance(payload, str) else str(payload))
        self.answer = as_json({"Message": payload} if isinstance(payload, str) else payload, status=status)


@dataclass(frozen=True)
class Ask:
    """`view` is what may be read (perhaps a little old), `world` what may be changed; `facility` is the licence asked
    for, None where the call needs none; `profile` its state's ways; `said` the words out of the path."""

    request: Request
    view: View
    world: World
    ledger: Ledger
    user: Row
    facility: Row | None
    profile: Row
    said: dict[str, str] = field(default_factory=dict)

    @property
    def licence(self) -> str | None:
        return self.facility["License"]["Number"] if self.facility else None

    @property
    def licences(self) -> list[str]:
        """The licence asked for, or all that the user key opens."""
        return [self.licence] if self.licence else self.user["facilities"]

    def query(self, name: str) -> str | None:
        """Parameter names are read without regard to case, as ASP.NET does."""
        return next((value for key, value in self.request.query.items() if key.lower() == name.lower()), None)

    def rows(self) -> list[dict]:
        """The array of a write: 1 to 10 objects."""
        try:
            said = json.loads(self.request.body or b"null")
        except ValueError:
            said = None
        if not isinstance(said, list) or not said or not all(isinstance(row, dict) for row in said):
            raise Refused("No data was submitted. The request body is an array of one or more objects.")
        if len(said) > MOST_ROWS:
            raise Refused("The content being submitted is too large", status=413)
        return said

    def ranged(self, rows: list[Row], field: str = "LastModified") -> list[Row]:
        """Those whose `field` lies in the range asked for; without a range, as the state's ways are."""
        start, end = self._when("lastModifiedStart"), self._when("lastModifiedEnd")
        if start and end:
            return self._within(rows, field, start, end)
        if start or end:
            raise Refused("Both lastModifiedStart and lastModifiedEnd must be specified.")
        without = self.profile["withoutWindow"]
        if without == "recent":
            return self._within(rows, field, self.view.now() - timedelta(hours=24), self.view.now())
        return rows if without == "all" else []

    def listed(self, rows: list[Row], shape: Callable[[Row], dict] = lambda row: row) -> Answer:
        """A page of rows in its envelope; a bare list where the state gives one to who names no page size."""
        number, size = self._number("pageNumber") or 1, self._number("pageSize")
        if size is None and self.profile["bareWithoutPageSize"]:
            return as_json([shape(row) for row in rows])
        size = USUAL_PAGE if size is None else size
        if not 1 <= size <= LARGEST_PAGE:
            raise Refused(f"Page Size must be between 1 and {LARGEST_PAGE}.")
        start = int(self.request.headers.get(FROM, (number - 1) * size))
        page = [shape(row) for row in rows[start : start + size]]
        return as_json(enveloped(page, total=len(rows), number=number, size=size))

    def _within(self, rows: list[Row], field: str, start: datetime, end: datetime) -> list[Row]:
        hours = self.profile["windowHours"]
        if hours and end - start > timedelta(hours=hours):
            raise Refused(f"Last Modified range cannot exceed {hours} hours")
        return [row for row in rows if start <= moment(row[field]) <= end]

    def _when(self, name: str) -> datetime | None:
        text = self.query(name)
        if not text:
            return None
        lost = ZONE_LOST.fullmatch(text)
        try:
            return moment(lost[1] if lost else text).astimezone(UTC)
        except ValueError:
            raise Refused(f"The value '{text}' is not valid for {name}.") from None

    def _number(self, name: str) -> int | None:
        text = self.query(name)
        if text is None:
            return None
        if not text.isdecimal() or not int(text):
            raise Refused(f"The value '{text}' is not valid for {name}.")
        return int(text)


def enveloped(page: list, *, total: int, number: int, size: int) -> dict:
    return {
        "Data": page,
        "Total": total,
        "TotalRecords": total,
        "PageSize": size,
        "RecordsOnPage": len(page),
        "Page": number,
        "CurrentPage": number,
        "TotalPages": -(-total // size),
    }


def done(ids: list[int] | None = None) -> Answer:
    """A write's yes: POST names the ids in the order of what was sent, PUT and DELETE say nothing."""
    if ids is None:
        return Answer(committed=True)
    return as_json({"Ids": ids, "Warnings": None}, committed=True)


def refuse_rows(wrong: list[tuple[int, str]]) -> None:
    """Raises every message there is, each with the place of its object."""
    if wrong:
        raise Refused([{"row": row, "message": text} for row, text in wrong])
