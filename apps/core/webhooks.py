"""Webhooks in: signed as Standard Webhooks says (standardwebhooks.com, v1: HMAC-SHA256 over `id.timestamp.body`).

The order matters: nothing of a message is read as JSON, and nothing is written, before its signature has held.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse, JsonResponse

from .drf import problems
from .models import InboundHook

MOST_BYTES = 1_048_576
TOLERANCE_SECONDS = 300
PER_MINUTE = 120
TOLD = {
    "too-large": "A message names its length and has at most 1 MiB.",
    "bad-signature": "The id, the time or the signature of this message does not hold.",
    "too-many-requests": "This endpoint takes 120 messages a minute.",
}
SENT = ("id", "timestamp", "signature")
MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,120}")


@dataclass(frozen=True)
class Message:
    """A message whose signature held."""

    id: str
    body: bytes


@dataclass(frozen=True)
class Turned(Exception):
    """Turned away with this answer. Why stays with us: every wrong signature is answered alike."""

    status: int
    code: str


def read(request: HttpRequest, secrets: list[str], *, now: datetime) -> Message:
    """The message, or Turned. `secrets` are the endpoint's active ones, two while one is being replaced."""
    if not request.headers.get("Content-Length", "").isdigit() or int(request.headers["Content-Length"]) > MOST_BYTES:
        raise Turned(413, "too-large")
    message_id, sent, signatures = (request.headers.get(f"webhook-{what}", "") for what in SENT)
    if not MESSAGE_ID.fullmatch(message_id) or not re.fullmatch(r"\d{1,12}", sent):
        raise Turned(401, "bad-signature")
    if abs(now.timestamp() - int(sent)) > TOLERANCE_SECONDS:
        raise Turned(401, "bad-signature")
    body = request.body
    if not any(_same(signatures, sign(secret, message_id, sent, body)) for secret in secrets):
        raise Turned(401, "bad-signature")
    return Message(message_id, body)


def sign(secret: str, message_id: str, timestamp: str | int, body: bytes) -> str:
    """`v1,<base64>`. A secret is `whsec_<base64>`; any other text is taken as it is."""
    digest = hmac.new(_key(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def first_time(endpoint: str, message: Message, *, organization_id) -> bool:
    """Keep the message's id; False when it came before. Turned when an endpoint gets more than it can take."""
    mine = InboundHook.objects.filter(endpoint=endpoint)
    if mine.filter(at__gt=Now() - timedelta(minutes=1)).count() >= PER_MINUTE:
        raise Turned(429, "too-many-requests")
    _, first = mine.get_or_create(
        endpoint=endpoint, message_id=message.id, defaults={"organization_id": organization_id}
    )
    return first


def turned(refusal: Turned) -> HttpResponse:
    body = problems.body_of(refusal.code, refusal.status, TOLD[refusal.code])
    answer = JsonResponse(body, status=refusal.status, content_type=problems.MEDIA_TYPE)
    if refusal.status == 429:
        answer["Retry-After"] = "60"
    return answer


def _same(signatures: str, expected: str) -> bool:
    """Any of the space-separated signatures, each compared in constant time."""
    found = [hmac.compare_digest(given.encode(), expected.encode()) for given in signatures.split(" ")]
    return any(found)


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True) if "whsec_" in secret else secret.encode()
    except binascii.Error:
        return secret.encode()
