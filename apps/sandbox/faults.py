"""What can go wrong between a client and a vendor: one table, FAULTS, from word to behaviour.

Three families. On the way: the answer comes late, broken or not at all, before or after the vendor has acted. In the
answer: a right status with a wrong body. In the rows: one row is spoiled, always the middle one, so that a test can
tell which. A fault that finds nothing to spoil leaves the answer as it is.
"""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from .wire import Answer, Request, as_json
from .world import View, World

LATE, SLOW, SILENT = 2.0, 20.0, 60.0  # seconds, where the rule names none
HUGE = 5_000_000
MAINTENANCE = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
CHALLENGE = b"<!doctype html><title>Just a moment</title><h1>Checking your browser</h1>"
HTML = "text/html; charset=utf-8"


class Vendor(Protocol):
    """What a fault needs of an emulator: how it answers, and what its rows call their key, prices and quantity."""

    id_fields: tuple[str, ...]  # the first of these that a row has is its key
    price_fields: tuple[str, ...]
    quantity_field: str

    def answer(self, view: View, request: Request) -> Answer: ...
    def refuse(self, status: int) -> Answer: ...


@dataclass(frozen=True)
class Call:
    """One call that met a fault; `run` lets the vendor act and answer."""

    request: Request
    vendor: Vendor
    world: World
    stopping: threading.Event
    seconds: float | None = None

    def run(self, view: View | None = None) -> Answer:
        with self.world.lock:
            return self.vendor.answer(view or self.world, self.request)

    def how_long(self, usual: float) -> float:
        return usual if self.seconds is None else self.seconds

    def wait(self, usual: float) -> None:
        self.stopping.wait(self.how_long(usual))


Fault = Callable[[Call], Answer]
LOST = Answer(status=0, lost=True)


# ---- on the way


def delay(call):
    call.wait(LATE)
    return call.run()


def timeout_before_commit(call):
    call.wait(SILENT)
    return LOST


def timeout_after_commit(call):
    answer = call.run()
    call.wait(SILENT)
    return replace(answer, lost=True)


def reset_before_commit(call):
    return LOST


def reset_after_commit(call):
    return replace(call.run(), lost=True)


def reset_mid_body(call):
    answer = call.run()
    return replace(answer, reset_at=len(answer.body) // 2)


def slow_body(call):
    return replace(call.run(), spread=call.how_long(SLOW))


def late_commit(call):
    """Answers 504 now; the vendor acts a little later all the same."""
    timer = threading.Timer(call.how_long(LATE), call.run)
    timer.daemon = True
    timer.start()
    return as_json({"Message": "Gateway timeout"}, status=504)


def status_after_commit(call):
    return as_json({"Message": "An error has occurred."}, status=500, committed=call.run().committed)


def stale_read(call):
    return call.run(call.world.as_of(call.how_long(SLOW)))


def status(code: int) -> Fault:
    return lambda call: as_json({"Message": "An error has occurred."}, status=code)


def refusal(code: int) -> Fault:
    return lambda call: call.vendor.refuse(code)


def server_fault(call):
    """A 400 that is no fault of the client's: the vendor's own server stumbled."""
    return as_json({"Message": "Object reference not set to an instance of an object."}, status=400)


# ---- in the answer


def body(text: bytes, *, code: int = 200, type: str = "application/json; charset=utf-8") -> Fault:
    return lambda call: Answer(status=code, body=text, type=type)


def truncated_json(call):
    answer = call.run()
    return replace(answer, body=answer.body[: len(answer.body) * 3 // 5])


def wrong_content_type(call):
    return replace(call.run(), type=HTML)


def in_payload(spoil: Callable) -> Fault:
    """Spoils the decoded body: `spoil(payload, call)` returns the one to send."""

    def fault(call):
        answer = call.run()
        payload = spoil(json.loads(answer.body or b"null"), call)
        return replace(answer, body=json.dumps(payload, separators=(",", ":")).encode())

    return fault


def in_list(spoil: Callable) -> Fault:
    """As `in_payload`, for answers that are lists; others stay as they are."""
    return in_payload(lambda payload, call: spoil(payload, call) if isinstance(payload, list) else payload)


def in_object(**fields) -> Fault:
    return in_payload(lambda payload, call: {**payload, **fields} if isinstance(payload, dict) else payload)


def without(name: str) -> Fault:
    return in_payload(lambda payload, call: payload if isinstance(payload, list) else _less(payload, name))


def repeated_page(rows, call):
    """Whatever page is asked for, the first one comes: the client's own offset is ignored."""
    first = {name: value for name, value in call.request.query.items() if name.lower() not in ("offset", "skip")}
    return json.loads(replace(call, request=replace(call.request, query=first)).run().body)


def duplicate_on_boundary(rows, call):
    """The last row of one page is the first of the next; a list that has no pages ends with its last row twice."""
    asked = {name.lower(): name for name in call.request.query}
    name = asked.get("offset") or asked.get("skip")
    if not name:
        return rows + rows[-1:]
    start = int(call.request.query[name])
    query = {**call.request.query, name: str(max(0, start - 1))}
    return json.loads(replace(call, request=replace(call.request, query=query)).run().body)


# ---- in the rows


def in_row(spoil: Callable[[dict, Vendor], dict]) -> Fault:
    """Spoils the middle row of a list."""

    def spoiled(rows, call):
        middle = len(rows) // 2
        return [spoil(row, call.vendor) if n == middle else row for n, row in enumerate(rows)]

    return in_list(spoiled)


def twice(rows, call):
    middle = len(rows) // 2
    return rows[: middle + 1] + rows[middle:]


def id_lost(row, vendor):
    return _less(row, next((name for name in vendor.id_fields if name in row), ""))


def numbers_as_text(row, vendor):
    return {name: str(value) if _is_number(value) else value for name, value in row.items()}


def _is_number(value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _less(row: dict, name: str) -> dict:
    return {key: value for key, value in row.items() if key != name} if isinstance(row, dict) else row


def price(value: float) -> Fault:
    return in_row(lambda row, vendor: {**row, **{name: value for name in vendor.price_fields if name in row}})


def quantity(value: float) -> Fault:
    return in_row(lambda row, vendor: {**row, vendor.quantity_field: value} if vendor.quantity_field in row else row)


def present(**fields) -> Fault:
    """Sets fields, only where the row has them."""
    return in_row(lambda row, vendor: {**row, **{name: value for name, value in fields.items() if name in row}})


def dates_unreadable(row, vendor):
    return {name: "31/02/2026 25:61" if "date" in name.lower() and value else value for name, value in row.items()}


def unknown_method(row, vendor):
    if "reward" not in row:
        return row
    return {**row, "reward": {**row["reward"], "calculationMethodId": 99, "calculationMethod": "UNHEARD_OF"}}


FAULTS: dict[str, Fault] = {
    # facts/metrc.md §5.4, for all emulators
    "delay": delay,
    "timeout_before_commit": timeout_before_commit,
    "timeout_after_commit": timeout_after_commit,
    "reset_after_commit": reset_after_commit,
    "500_before": status(500),
    "500_after_commit": status_after_commit,
    "late_commit": late_commit,
    "400_server_fault": server_fault,
    "429": refusal(429),
    "503_html": body(MAINTENANCE, code=503, type=HTML),
    "200_empty_list": in_list(lambda rows, call: []),
    "truncated_json": truncated_json,
    "wrong_content_type": wrong_content_type,
    "stale_read": stale_read,
    "slow_body": slow_body,
    "401_flap": refusal(401),
    "duplicate_row_on_page_boundary": in_list(duplicate_on_boundary),
    "warnings_not_null": in_object(Warnings="1 row was accepted with a warning."),
    "ids_missing": without("Ids"),
    # plain statuses, and other ends of the line
    "401": refusal(401),
    "403": refusal(403),
    "500": status(500),
    "502": status(502),
    "503": status(503),
    "504": status(504),
    "reset_before_commit": reset_before_commit,
    "reset_mid_body": reset_mid_body,
    # whole bodies
    "200_html": body(CHALLENGE, type=HTML),
    "200_object": body(b"{}"),
    "200_null": body(b"null"),
    "wrapped_list": in_list(lambda rows, call: {"data": rows, "count": len(rows)}),
    "half_list": in_list(lambda rows, call: rows[: len(rows) // 2]),
    "repeated_page": in_list(repeated_page),
    # one row
    "duplicate_row": in_list(twice),
    "row_without_id": in_row(id_lost),
    "row_not_an_object": in_row(lambda row, vendor: "row"),
    "numbers_as_text": in_row(numbers_as_text),
    "price_huge": price(1e12),
    "price_negative": price(-1.0),
    "price_nan": price(float("nan")),
    "quantity_negative": quantity(-3.0),
    "quantity_infinite": quantity(float("inf")),
    "brand_null": present(brandId=None, brandName=None),
    "bad_date": in_row(dates_unreadable),
    "huge_description": present(description="x" * HUGE),
    "nul_in_text": present(productName="Blue\x00Slate"),
    "lone_surrogate": present(productName="Blue \ud83d Slate"),
    "unknown_fields": in_row(lambda row, vendor: {**row, "flavourIndex": 7, "nested": {"deep": [1, {"er": None}]}}),
    "unknown_method": in_row(unknown_method),
}
