"""Who asks: HTTP Basic with the vendor key as user name and the user key as password. Whatever is wrong, METRC says 401
and never what."""

import base64
import binascii

from apps.sandbox.clock import moment
from apps.sandbox.wire import Request
from apps.sandbox.world import Row, View


def credentials(request: Request) -> tuple[str | None, str]:
    """Vendor key and user key; no vendor key when there is no readable header."""
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return None, ""
    try:
        vendor, _, user = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, ""
    return vendor, user


def user_of(view: View, request: Request) -> Row | None:
    """The user key's row; None when either key is unknown, switched off, over, or another vendor's."""
    vendor_key, user_key = credentials(request)
    vendor, user = view.get("vendorKeys", vendor_key), view.get("userKeys", user_key)
    if not (vendor and vendor["active"] and user and user["vendor"] == vendor["name"]):
        return None
    over = user.get("expires") and moment(user["expires"]) <= view.now()
    return None if over or not user["facilities"] else user


def licence_in(request: Request) -> str | None:
    return next((value for name, value in request.query.items() if name.lower() == "licensenumber"), None)


def only_licence(user: Row | None) -> str | None:
    return user["facilities"][0] if user and len(user["facilities"]) == 1 else None


def may(view: View, user: Row, permission: str | None) -> bool:
    """A call without a permission of its own is open to any good key."""
    return permission is None or permission not in user.get("lacks", ())


def facility_of(view: View, user: Row, licence: str | None) -> Row | None:
    """The licence's row, when the user key opens it."""
    return view.get("facilities", licence) if licence in user["facilities"] else None
