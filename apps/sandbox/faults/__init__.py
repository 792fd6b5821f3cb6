"""What can go wrong between a client and a vendor: one table from word to behaviour."""

from . import payload, rows, way
from .call import Call, Fault

__all__ = ["FAULTS", "Call"]

FAULTS: dict[str, Fault] = {
    # facts/metrc.md §5.4, for all emulators
    "delay": way.delay,
    "timeout_before_commit": way.timeout_before_commit,
    "timeout_after_commit": way.timeout_after_commit,
    "reset_after_commit": way.reset_after_commit,
    "500_before": way.status(500),
    "500_after_commit": way.status_after_commit,
    "late_commit": way.late_commit,
    "400_server_fault": way.server_fault,
    "429": way.refusal(429),
    "503_html": payload.body(payload.MAINTENANCE, code=503, type=payload.HTML),
    "200_empty_list": payload.in_list(lambda page, call: []),
    "truncated_json": payload.truncated_json,
    "wrong_content_type": payload.wrong_content_type,
    "stale_read": way.stale_read,
    "slow_body": way.slow_body,
    "401_flap": way.refusal(401),
    "duplicate_row_on_page_boundary": payload.in_list(payload.duplicate_on_boundary),
    "warnings_not_null": payload.in_object(Warnings="1 row was accepted with a warning."),
    "ids_missing": payload.without("Ids"),
    # plain statuses, and other ends of the line
    "401": way.refusal(401),
    "403": way.refusal(403),
    "403_html": payload.body(payload.CHALLENGE, code=403, type=payload.HTML),
    "500": way.status(500),
    "502": way.status(502),
    "503": way.status(503),
    "504": way.status(504),
    "reset_before_commit": way.reset_before_commit,
    "reset_mid_body": way.reset_mid_body,
    # whole bodies
    "200_html": payload.body(payload.CHALLENGE, type=payload.HTML),
    "200_sign_in": payload.body(payload.SIGN_IN, type=payload.HTML),
    "200_object": payload.body(b"{}"),
    "200_null": payload.body(b"null"),
    "wrapped_list": payload.in_list(lambda page, call: {"data": page, "count": len(page)}),
    "half_list": payload.in_list(lambda page, call: page[: len(page) // 2]),
    "repeated_page": payload.in_list(payload.repeated_page),
    # one row
    "duplicate_row": payload.in_list(rows.twice),
    "row_without_id": rows.in_row(rows.id_lost),
    "row_not_an_object": rows.in_row(lambda row, vendor: "row"),
    "numbers_as_text": rows.in_row(rows.numbers_as_text),
    "price_huge": rows.price(1e12),
    "price_negative": rows.price(-1.0),
    "price_nan": rows.price(float("nan")),
    "quantity_negative": rows.quantity(-3.0),
    "quantity_infinite": rows.quantity(float("inf")),
    "brand_null": rows.present(brandId=None, brandName=None),
    "bad_date": rows.in_row(rows.dates_unreadable),
    "huge_description": rows.present(description="x" * rows.HUGE),
    "nul_in_text": rows.present(productName="Blue\x00Slate"),
    "lone_surrogate": rows.present(productName="Blue \ud83d Slate"),
    "unknown_fields": rows.in_row(
        lambda row, vendor: {**row, "flavourIndex": 7, "nested": {"deep": [1, {"er": None}]}}
    ),
    "unknown_method": rows.in_row(rows.unknown_method),
}
