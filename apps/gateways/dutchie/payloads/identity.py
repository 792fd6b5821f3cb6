"""Whose key this is: the answer of /whoami."""

from typing import Any

import msgspec
from msgspec import Struct

from apps.gateways.dutchie import SERVICE
from apps.gateways.failures import Unreachable


class Identity(Struct, frozen=True, rename="lower"):
    """The location a key opens, and the LSP (the Dutchie tenant) it belongs to. `location_uuid` and `lsp_uuid` are
    Dutchie's own; texts are "" where the POS says nothing."""

    location_id: int = msgspec.field(name="locationid")
    lsp_id: int = msgspec.field(name="lspid")
    location_name: str = msgspec.field(name="locationname", default="")
    lsp_name: str = msgspec.field(name="lspname", default="")
    license_number: str = msgspec.field(name="licensenumber", default="")
    trade_name: str = msgspec.field(name="doingbusinessas", default="")
    address: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = msgspec.field(name="postalcode", default="")
    location_uuid: str = msgspec.field(name="locationglobalid", default="")
    lsp_uuid: str = msgspec.field(name="lspglobalid", default="")


def read_identity(body: bytes) -> Identity:
    """Read without regard to upper and lower case, as some servers write these names in PascalCase. Raises
    Unreachable for anything that names no location."""
    try:
        sent = msgspec.json.decode(body, type=dict[str, Any])
        said = {name.lower(): value for name, value in sent.items() if value is not None}
        return msgspec.convert(said, Identity)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as trouble:
        raise Unreachable(SERVICE, "The answer doesn't say whose key this is.") from trouble
