"""ETag, If-None-Match and If-Match (RFC 9110 §13) over an order's version."""

import re

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.response import Response

from apps.core.errors import Refused
from apps.orders.models import Order
from apps.orders.serializers import OrderOut

TAG = re.compile(r'"?(\d{1,9})"?')
NO_VERSION = -1
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    required=True,
    description="The order's ETag as it was read. 428 without, 412 when the order has changed since.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="An ETag one has: 304 while it is the order's."
)


def if_match(request) -> int:
    """The version this write was made from. Raises Refused 428 without one; `*` names none."""
    sent = request.headers.get("If-Match", "").strip()
    if sent in ("", "*"):
        raise Refused(_("Send If-Match with the order's ETag."), code="precondition-required", status=428)
    found = TAG.fullmatch(sent)
    return int(found[1]) if found else NO_VERSION


def shown(order: Order, status: int = 200, headers: dict | None = None) -> Response:
    """The order with its ETag."""
    return Response(OrderOut(order).data, status=status, headers=(headers or {}) | {"ETag": _tag(order)})


def unchanged(request, order: Order) -> Response | None:
    """304 where the caller has this version already."""
    had = [one.strip().removeprefix("W/") for one in request.headers.get("If-None-Match", "").split(",")]
    return Response(status=304, headers={"ETag": _tag(order)}) if _tag(order) in had or "*" in had else None


def _tag(order: Order) -> str:
    return f'"{order.version}"'
