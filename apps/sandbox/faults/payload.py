"""Faults in the answer: a right status over a wrong body."""

import json
from collections.abc import Callable
from dataclasses import replace

from apps.sandbox.wire import Answer

from .call import Fault

MAINTENANCE = b"<!doctype html><title>Maintenance</title><h1>We will be back soon</h1>"
CHALLENGE = b"<!doctype html><title>Just a moment</title><h1>Checking your browser</h1>"
SIGN_IN = b"<!doctype html><title>Welcome</title><form action=/login><input type=password></form>"
JSON, HTML = "application/json; charset=utf-8", "text/html; charset=utf-8"


def body(text: bytes, *, code: int = 200, type: str = JSON) -> Fault:
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
        if not answer.body:
            return answer
        payload = spoil(json.loads(answer.body), call)
        return replace(answer, body=json.dumps(payload, separators=(",", ":")).encode())

    return fault


def in_list(spoil: Callable) -> Fault:
    """As `in_payload`, for the list in an answer; what has none stays as it is."""

    def spoiled(payload, call):
        rows = call.vendor.list_in(payload)
        return payload if rows is None else call.vendor.with_list(payload, spoil(rows, call))

    return in_payload(spoiled)


def in_object(**fields) -> Fault:
    return in_payload(lambda payload, call: {**payload, **fields} if isinstance(payload, dict) else payload)


def without(name: str) -> Fault:
    return in_payload(lambda payload, call: payload if isinstance(payload, list) else less(payload, name))


def repeated_page(rows, call):
    """Whatever page is asked for, the first one comes: the client's own offset is ignored."""
    return _asked_from(call, None)


def duplicate_on_boundary(rows, call):
    """The last row of one page is the first of the next; a list that has no pages ends with its last row twice."""
    start = call.vendor.start_of(call.request)
    return rows + rows[-1:] if start is None else _asked_from(call, max(0, start - 1))


def _asked_from(call, start: int | None) -> list:
    answer = replace(call, request=call.vendor.from_start(call.request, start)).run()
    return call.vendor.list_in(json.loads(answer.body))


def less(row: dict, name: str) -> dict:
    return {key: value for key, value in row.items() if key != name} if isinstance(row, dict) else row
