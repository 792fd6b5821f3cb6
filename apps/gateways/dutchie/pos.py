"""The Dutchie POS: whose key this is, what stock lies at its location, what products its LSP has."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from apps.gateways.base import FREE_LINE, Declined, Gateway, Line, Unreachable
from apps.gateways.dutchie import SERVICE
from apps.gateways.dutchie.payloads import Identity, read_identity
from apps.gateways.dutchie.payloads.split import split

# The most rows one answer has; exactly so many mean that there may be more behind them.
PAGE = 5000
MOST_PAGES = 200


# The status of a good key that lacks the role for an endpoint.
NO_ROLE = 403


@dataclass(frozen=True, slots=True)
class Paging:
    """How an endpoint is asked for the rows behind the first `PAGE` (not in the documents, seen to work), and the
    field that tells its rows apart."""

    skip: str
    take: str
    key: str


STOCK = Paging("Skip", "Take", "inventoryId")
PRODUCTS = Paging("offset", "limit", "productId")


@dataclass(frozen=True, slots=True)
class Page:
    """All rows as one JSON list, as they came, and which endpoint answered: "/inventory" leaves out unit costs,
    allocations and what isn't for sale through the API."""

    body: bytes
    source: str


class Pos(Gateway):
    """One location's key. An integrator key, where the LSP demands one, goes as the password."""

    service = SERVICE

    def __init__(
        self,
        base_url: str,
        location_key: str,
        integrator_key: str = "",
        line: Line = FREE_LINE,
        allow: Collection[str] = (),
    ) -> None:
        super().__init__(base_url, auth=(location_key, integrator_key), line=line, allow=allow)

    def whoami(self) -> Identity:
        """The location this key opens. Raises Declined for a key that opens none."""
        return read_identity(self.get("/whoami", expects="object"))

    def inventory(self) -> Page:
        """All packages at the location; read the body with `read_inventory`. A key without the Reporting role gets
        the shorter answer of /inventory, and `source` says so."""
        extras = {"includeLabResults": True, "includeRoomQuantities": True}
        return self._first_allowed(
            STOCK, ("/reporting/inventory", extras | {"includeAllocated": True}), ("/inventory", extras)
        )

    def products(self, since: datetime | None = None) -> Page:
        """All products of the LSP, or those changed `since` a moment; read the body with `read_products`. A key
        without the Reporting role gets those that are for sale through the API, and `source` says so."""
        changed = {"fromLastModifiedDateUTC": _utc(since)} if since else {}
        return self._first_allowed(PRODUCTS, ("/reporting/products", changed), ("/products", changed))

    def _first_allowed(self, paging: Paging, *doors: tuple[str, dict[str, Any]]) -> Page:
        """The answer of the first door that the key's roles open."""
        *others, (last, last_params) = doors
        for path, params in others:
            try:
                return self._all(path, params, paging)
            except Declined as declined:
                if declined.status != NO_ROLE:
                    raise
        return self._all(last, last_params, paging)

    def _all(self, path: str, params: dict[str, Any], paging: Paging) -> Page:
        """Asked once without paging, as the documents have none; on only where the answer is just as long as a page."""
        body = self.get(path, expects="list", **params)
        rows = split(body)
        if len(rows) != PAGE:
            return Page(body, path)
        for page in self._further(path, params, paging, rows):
            rows += page
        return Page(b"[" + b",".join(rows) + b"]", path)

    def _further(self, path: str, params: dict[str, Any], paging: Paging, rows: list[bytes]) -> Iterator[list[bytes]]:
        """The rows not seen before, page after page, until a page brings none (empty, or the same once more)."""
        seen = {id_of(row, paging.key) for row in rows}
        asked = len(rows)
        for _ in range(MOST_PAGES):
            page = split(self.get(path, expects="list", **params, **{paging.skip: asked, paging.take: PAGE}))
            fresh = {id_of(row, paging.key): row for row in page}
            if not fresh.keys() - seen:
                return
            yield [row for name, row in fresh.items() if name not in seen]
            seen |= fresh.keys()
            asked += len(page)
        raise Unreachable(self.service, "The list doesn't come to an end.")


def id_of(row: bytes, key: str) -> object:
    """What tells rows of different pages apart: the id, or the row's own bytes where none can be read."""
    try:
        return msgspec.json.decode(row, type=dict[str, Any]).get(key) or row
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return row


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
