"""What is said no to, and what is sent, as the OpenAPI document shows them."""

from drf_spectacular.utils import OpenApiExample, OpenApiResponse

from apps.core.drf.problems import body_of
from apps.core.drf.schema import ProblemOut

LINE = "0a4cbe8a-66f7-4b52-9f0e-6a5d1b1f8a11"
SAID = {
    "invalid": (400, "Some fields are not right.", {"errors": {"lines[0].quantity": ["Must be more than 0."]}}),
    "unknown-sku": (
        400,
        "Some lines name no product.",
        {"errors": {"lines[0].sku": ["No product offered to you has this SKU."]}},
    ),
    "idempotency-mismatch": (422, "This Idempotency-Key came with another request before.", {}),
    "illegal-transition": (
        409,
        "This order is shipped. You can: confirm receipt.",
        {"from": "SHIPPED", "action": "cancel", "allowed": ["confirm"]},
    ),
    "already-decided": (
        409,
        "Sam accepted this order at 14:05. Reload to see it.",
        {"by": "Sam", "at": "2026-11-21T14:05:00+00:00"},
    ),
    "insufficient-stock": (
        409,
        "Only 3 ea of Blue Dream 3.5g left; you asked for 4.",
        {
            "errors": {"lines[0].quantity": ["Only 3 ea of Blue Dream 3.5g left; you asked for 4."]},
            "available": [{"line": LINE, "sku": "FLOWER", "asked": "4", "available": "3"}],
        },
    ),
    "credit-limit": (
        409,
        "This order is $120.00 above your available credit. Remove items, pay INV-1007, or choose cash on delivery.",
        {},
    ),
    "quantity-rule": (422, "Peach gummies 10-pack is sold in cases of 10. Nearest: 10 or 20.", {}),
    "reason-required": (
        422,
        "Give a reason. The retailer will see it.",
        {"errors": {"reason": ["Give a reason. The retailer will see it."]}},
    ),
    "version-mismatch": (
        412,
        "The order changed while you were looking: Sam, review started. Review and try again.",
        {"version": 4},
    ),
    "insufficient-user-authentication": (
        401,
        "Confirm it is you to continue.",
        {"limit": "25000.00", "currency": "USD"},
    ),
    "precondition-required": (428, "Send If-Match with the order's ETag.", {}),
}
MOVES = {
    "submit": {"action": "submit"},
    "reject": {"action": "reject", "data": {"reason": "OUT_OF_STOCK", "text": "A recall."}},
    "counter": {
        "action": "counter",
        "data": {"reason": "OUT_OF_STOCK", "lines": [{"id": LINE, "quantity": "3", "price": "18.00"}]},
    },
    "counter, other goods and another day": {
        "action": "counter",
        "data": {
            "text": "The next harvest is better.",
            "lines": [{"id": LINE, "substitute": "SOUR-35"}],
            "deliver_date": "2026-12-03",
        },
    },
    "deliver": {"action": "deliver", "data": {"signed_by": "R. Alvarez"}},
}


def refusals(*codes: str) -> dict[int, OpenApiResponse]:
    """By status, each with an example of every code."""
    by_status: dict[int, list[OpenApiExample]] = {}
    for code in codes:
        status, detail, extra = SAID[code]
        example = OpenApiExample(
            code, value=body_of(code, status, detail) | extra, response_only=True, status_codes=[str(status)]
        )
        by_status.setdefault(status, []).append(example)
    return {
        (status, "application/problem+json"): OpenApiResponse(ProblemOut, examples=examples)
        for status, examples in by_status.items()
    }
