"""What identifies a report: its business key, the lanes it keeps its turn in, and the mark METRC shows it under."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from decimal import Decimal

from django.core.serializers.json import DjangoJSONEncoder

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # base32 without 0, 1, I and O
MARK = 10


@dataclass(frozen=True)
class TransferLine:
    """A package on a manifest: METRC's tag, what is in it, how much in the package's own unit, and its price in all
    where the transfer type asks for one. `source` is the package that it was made out of for this transfer, "" where
    it goes as it was."""

    tag: str
    item: str
    quantity: Decimal
    unit: str
    price: Decimal | None = None
    lab_state: str = ""
    source: str = ""

    def plain(self) -> dict:
        """As it is kept: numbers as text; a package that goes whole has no source."""
        price = None if self.price is None else str(self.price)
        said = {**self.__dict__, "quantity": str(self.quantity), "price": price}
        return said if self.source else {name: value for name, value in said.items() if name != "source"}


@dataclass(frozen=True)
class Part:
    """What an order takes out of a package that holds more: METRC moves whole packages, so a new one is made of it, in
    the source's own unit. `tag` is the new package's where somebody chose it, else "" for the next free one."""

    source: str
    item: str
    quantity: Decimal
    unit: str
    tag: str = ""


@dataclass(frozen=True)
class Received:
    """What the receiver found in one package: `decision` is accept, adjust or reject; a reason goes with the last
    two."""

    tag: str
    decision: str
    quantity: Decimal
    unit: str
    reason: str = ""
    photo: bytes | None = None

    def plain(self) -> dict:
        """As it is kept; the picture stays beside."""
        said = {"tag": self.tag, "decision": self.decision, "quantity": str(self.quantity)}
        return said | {"unit": self.unit, "reason": self.reason}


def new_mark() -> str:
    """Ten characters that no other report has: at the start of an adjustment's note, at the end of a template's name,
    so that METRC can be asked whether it has ours."""
    return "".join(secrets.choice(ALPHABET) for _ in range(MARK))


def transfer_key(license_number: str, order_number: str, version: int) -> str:
    return f"transfer:{license_number}:{order_number}:v{version}"


def register_key(license_number: str, order_number: str, version: int) -> str:
    return f"register:{license_number}:{order_number}:v{version}"


def void_key(license_number: str, order_number: str, version: int) -> str:
    return f"void:{license_number}:{order_number}:v{version}"


def package_key(license_number: str, order_number: str, tag: str, version: int) -> str:
    return f"package:{license_number}:{order_number}:{tag}:v{version}"


def adjust_key(license_number: str, movement: str) -> str:
    return f"adjust:{license_number}:{movement}"


def audit_key(license_number: str, count: str) -> str:
    return f"audit:{license_number}:{count}"


def accept_key(license_number: str, transfer_id: int, delivery_id: int) -> str:
    return f"accept:{license_number}:{transfer_id}:{delivery_id}"


def package_lane(tag: str) -> str:
    return f"package:{tag}"


def mark_in(name: str) -> str:
    """The mark that a template's name ends with; "" where it isn't one of ours."""
    start, _, mark = name.rpartition("-")
    return mark if start.startswith("RU-") and len(mark) == MARK else ""


def order_lane(order_number: str) -> str:
    return f"order:{order_number}"


def digest(payload: dict) -> str:
    """SHA-256 of the payload as plain text, keys sorted."""
    text = json.dumps(payload, cls=DjangoJSONEncoder, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
