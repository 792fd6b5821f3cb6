"""One licence at METRC: the way its calls are made, paged and judged."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from msgspec import Struct

from apps.gateways.answers import Shape, retry_after
from apps.gateways.base import FREE_LINE, Declined, Gateway, GatewayError, Line, Unreachable, Unsettled
from apps.gateways.exchange import Answer
from apps.gateways.metrc import SERVICE, personal
from apps.gateways.metrc.payloads.filing import Accepted, wire
from apps.gateways.metrc.payloads.refusals import is_stumble
from apps.gateways.metrc.payloads.rows import UNREADABLE, Row, Rows, read_object, read_page, read_rows
from apps.gateways.metrc.payloads.windows import asked

R = TypeVar("R", bound=Row)

PAGE = 20  # METRC's most
MOST_PAGES = 2000
READINGS = 3
SLOW = 30.0  # seconds; METRC is
LARGEST_TEXT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Heard:
    """METRC's last answer, for keeping and for classing: HTTP status, body as text (at most 64 KB, no keys in it, of
    drivers' licences their last four), and the seconds they asked us to wait (None where they did not)."""

    status: int
    text: str
    retry_after: float | None


class Licensed(Gateway):
    """Calls with one vendor key and one user key for one licence. `heard` is the answer to the last call, None where
    none came. `seconds` bounds one call."""

    service = SERVICE

    def __init__(
        self,
        base_url: str,
        *,
        vendor_key: str,
        user_key: str,
        license_number: str,
        line: Line = FREE_LINE,
        allow: Collection[str] = (),
        seconds: float = SLOW,
    ) -> None:
        super().__init__(base_url, auth=(vendor_key, user_key), line=line, allow=allow, seconds=seconds)
        self.license_number = license_number
        self.heard: Heard | None = None
        self._writing = False
        self._drivers: set[str] = set()

    def judged(self, path: str, answer: Answer, failed: GatewayError | None) -> GatewayError | None:
        """A 400 that reads like their server's own crash refuses nothing: what was asked may have happened."""
        self.heard = Heard(answer.status, self._text(answer.body), retry_after(answer.headers))
        if isinstance(failed, Declined):
            failed = Declined(SERVICE, personal.masked(failed.reason, self._drivers), status=failed.status)
        if not (isinstance(failed, Declined) and answer.status == 400 and is_stumble(self.heard.text)):
            return failed
        if self._writing:
            return Unsettled(SERVICE, "Its server stumbled: what was asked may have happened.", status=400)
        return Unreachable(SERVICE, "Its server stumbled.", status=400, again=True)

    def _once(self, method: str, path: str, *, until: float, expects: Shape, write: bool, **request: Any) -> bytes:
        self.heard, self._writing = None, write
        return super()._once(method, path, until=until, expects=expects, write=write, **request)

    def _text(self, body: bytes) -> str:
        text = body[:LARGEST_TEXT].decode("utf-8", "replace")
        for secret in filter(None, self._secrets):
            text = text.replace(secret, "…")
        return personal.masked(text, self._drivers)

    # ---- reading

    def _all(
        self, path: str, row: type[R], since: datetime | None = None, until: datetime | None = None, **params: Any
    ) -> Rows[R]:
        """Every row of a list, of those changed in a range of at most 24 hours where one is named. Raises Unreachable
        for less than the whole list."""
        params = {"licenseNumber": self.license_number, **asked(since, until), **params}
        for _ in range(READINGS):
            raws = self._pages(path, params)
            if raws is not None:
                rows: Rows[R] = Rows()
                read_rows(raws, row, rows)
                return rows
        raise Unreachable(SERVICE, "The list changed each time it was read.")

    def _pages(self, path: str, params: dict[str, Any]) -> list[bytes] | None:
        """The rows of all pages; None when their number changed on the way, for then one may have slipped through."""
        raws: list[bytes] = []
        total: int | None = None
        for number in range(1, MOST_PAGES + 1):
            page = read_page(self.get(path, expects="data", pageNumber=number, pageSize=PAGE, **params))
            if number > 1 and page.total != total:
                return None
            total, raws = page.total, raws + page.raws
            if number >= page.pages:
                if total is not None and len(raws) < total:
                    raise Unreachable(SERVICE, f"It sent {len(raws):,} of {total:,} rows.")
                return raws
        raise Unreachable(SERVICE, "The list doesn't come to an end.")

    def _one(self, path: str, row: type[R], **params: Any) -> R:
        return read_object(self.get(path, expects="object", **params), row)

    def _words(self, path: str, **params: Any) -> list[str]:
        """A bare list of texts."""
        try:
            return msgspec.json.decode(self.get(path, expects="list", **params), type=list[str])
        except UNREADABLE as trouble:
            raise Unreachable(SERVICE, "The answer isn't a list of names.") from trouble

    # ---- filing

    def _file(self, method: str, path: str, *rows: Struct) -> Accepted:
        """Sends rows as one array. Raises Unreachable when it can't have happened, Unsettled when it may have,
        Declined when METRC refused."""
        send = {"POST": self.post, "PUT": self.put}[method]
        shape: Shape = "object" if method == "POST" else "data"
        said = wire(rows)
        self._drivers |= personal.numbers(bytes(said).decode())
        return _accepted(send(path, said, expects=shape, licenseNumber=self.license_number))


class Told(Struct, rename="pascal"):
    """What a write is answered with."""

    ids: list[int] | None = None
    warnings: Any = None


def _accepted(body: bytes) -> Accepted:
    """Under a status that says yes the act is done, whatever the rest of the body says."""
    try:
        told = msgspec.json.decode(body, type=Told)
    except UNREADABLE:
        return Accepted()
    warnings = told.warnings
    text = warnings if isinstance(warnings, str) else msgspec.json.encode(warnings).decode() if warnings else ""
    return Accepted(tuple(told.ids or ()), text)
