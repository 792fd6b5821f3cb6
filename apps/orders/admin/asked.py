"""What a desk's form asks of a verb: the fields of its POST as the verb's `data`; a line's are `<line>-<field>`."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from apps.catalog.actions import reserving
from apps.core.errors import Refused
from apps.orders import rules
from apps.orders.forms.drafts import read_slot
from apps.orders.models import Order, TrackingEvent

PER_LINE = {
    "accept": ("accepted",),
    "counter": ("quantity", "price", "substitute"),
    "amend": ("quantity", "price"),
    "short_pick": ("picked",),
    "deliver": ("received", "reason"),
}
NUMBERS = {"accepted", "quantity", "price", "picked", "received"}
TYPED = {name for names in PER_LINE.values() for name in names}
MOST = Decimal(9_999_999)


def data_of(order: Order, action: str, post) -> dict:
    """Raises Refused 422 `invalid` naming the field that can't be read."""
    data = {"reason": post.get("reason", "").strip(), "text": post.get("text", "").strip()}
    if action in PER_LINE:
        data["lines"] = _lines(order, PER_LINE[action], post)
    data |= EXTRA.get(action, lambda order, post: {})(order, post)
    return {name: value for name, value in data.items() if value not in ("", None)}


def _lines(order: Order, fields: tuple[str, ...], post) -> list[dict]:
    rows = []
    for line in order.lines.all():
        told = {name: post.get(f"{line.pk}-{name}", "").strip() for name in fields}
        read = {name: number(text, line.name) if name in NUMBERS else text for name, text in told.items() if text}
        if read:
            rows.append({"id": line.pk, **read})
    return rows


def number(text: str, what: str) -> Decimal:
    try:
        read = Decimal(text)
    except InvalidOperation:
        read = Decimal("NaN")
    if not read.is_finite() or not 0 <= read <= MOST or read.as_tuple().exponent < -4:
        raise Refused(
            _("%(what)s: “%(text)s” is no number.") % {"what": what, "text": text}, code="invalid", status=422
        )
    return read


def local(text: str, zone: str, what: str) -> datetime | None:
    """A form's `2026-11-21T10:00`, in the zone of the site."""
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise Refused(_("%(what)s is no day and time.") % {"what": what}, code="invalid", status=422) from None


def _manifest(order: Order, post) -> dict:
    zone = order.site_zone
    driver, vehicle = post.get("driver", ""), post.get("vehicle", "")
    new = {"name": post.get("driver_name", "").strip(), "licence": post.get("driver_licence", "").strip()}
    plate = {name: post.get(f"vehicle_{name}", "").strip() for name in ("plate", "make", "model")}
    return {
        "driver": {"id": driver} if driver else (new if all(new.values()) else None),
        "vehicle": {"id": vehicle} if vehicle else (plate if plate["plate"] else None),
        "departs_at": local(post.get("departs_at", ""), zone, _("Departure")),
        "arrives_at": local(post.get("arrives_at", ""), zone, _("Arrival")),
    }


def _track(order: Order, post) -> dict:
    kind = post.get("kind", "")
    return {
        "kind": kind if kind in TrackingEvent.Kind.values else TrackingEvent.Kind.NOTE,
        "note": post.get("note", "").strip(),
        "expected_at": local(post.get("expected_at", ""), order.deliver_zone, _("Expected")),
    }


def _slot(post) -> dict:
    if not post.get("slot"):
        return {}
    try:
        return dict(zip(("deliver_date", "deliver_starts"), read_slot(post["slot"]), strict=True))
    except ValueError:
        raise Refused(_("Choose one of the delivery slots."), code="invalid", status=422) from None


def _credit(order: Order, post) -> dict:
    return {"credit": number(post.get("credit", "").strip() or "0", _("Credit"))}


def _packages(order: Order, post) -> dict:
    """Packages picked by hand, and tags chosen for the parts taken of them: fields `<line>-package-<package>` and
    `<line>-tag-<package>`. Nothing filled in keeps first expiry first and the next free tags; a line of which only tags
    are chosen keeps the packages it has."""
    typed, tags = _by_package(post, "package"), _by_package(post, "tag")
    taken = {key: number(text, _("Packages")) for key, text in typed.items()}
    by_hand, tagged = {line for line, _package in taken}, {line for line, _package in tags}
    for pick in reserving.picks(seller=order.seller_id, order=order.pk) if tagged - by_hand else ():
        if str(pick.line) in tagged - by_hand:
            taken[str(pick.line), pick.package_id] = pick.quantity
    rows = [{"id": line, "package": package, "quantity": taken[line, package]} for line, package in taken]
    return {"packages": [row | {"tag": tags.get((row["id"], row["package"]), "")} for row in rows]}


def _by_package(post, name: str) -> dict[tuple[str, int], str]:
    found = {}
    for field, text in post.items():
        line, _sep, package = field.partition(f"-{name}-")
        if package.isdecimal() and text.strip():
            found[line, int(package)] = text.strip()
    return found


EXTRA = {
    "manifest": _manifest,
    "track": _track,
    "resolve": _credit,
    "prepare": _packages,
    "accept": lambda order, post: {
        "remainder": post.get("remainder", ""),
        "take_over": bool(post.get("take_over")),
        "credit_override": bool(post.get("credit_override")),
        "keep_prices": bool(post.get("keep_prices")),
    },
    "cancel": lambda order, post: {"keep_backorders": bool(post.get("keep_backorders"))},
    "claim": lambda order, post: {"take_over": bool(post.get("take_over"))},
    "counter": lambda order, post: {"take_over": bool(post.get("take_over"))} | _slot(post),
    "reject": lambda order, post: {"take_over": bool(post.get("take_over"))},
    "ship": lambda order, post: {"tracking": post.get("tracking", "").strip()},
    "deliver": lambda order, post: {"signed_by": post.get("signed_by", "").strip()},
    "answer_return": lambda order, post: {"approve": post.get("approve") == "yes"},
}
WHYS = rules.Why.choices
