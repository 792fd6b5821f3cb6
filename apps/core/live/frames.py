"""What goes over the socket, in both directions, as values and as text."""

from typing import Annotated, Any

import msgspec

MAX_BYTES = 65_536  # of a message to us
MAX_TOPICS = 20  # a socket
ME = "me"

Topic = Annotated[str, msgspec.Meta(max_length=120)]
Number = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    """`{"subscribe": {topic: last number seen, or null}, "unsubscribe": [topic]}`; one of the two, or both."""

    subscribe: Annotated[dict[Topic, Number | None], msgspec.Meta(max_length=MAX_TOPICS)] = {}
    unsubscribe: Annotated[list[Topic], msgspec.Meta(max_length=MAX_TOPICS)] = []


class Frame(msgspec.Struct):
    """One event. `topic` is the inner name; see `shown`."""

    topic: str
    seq: int
    type: str
    data: Any


_ask = msgspec.json.Decoder(Ask)
_frame = msgspec.json.Decoder(Frame)


class Malformed(ValueError):
    """What a client sent is not the protocol."""


def read_ask(text: str) -> Ask:
    try:
        ask = _ask.decode(text)
    except (ValueError, RecursionError) as error:
        raise Malformed(str(error)) from None
    if not (ask.subscribe or ask.unsubscribe):
        raise Malformed("Say `subscribe` or `unsubscribe`.")
    return ask


def read_frame(text: bytes) -> Frame:
    """ValueError for anything `push` did not write."""
    return _frame.decode(text)


def inner(topic: str, user) -> str | None:
    """The topic's name in the table and in Redis: everybody's `me` is another one. None for a name nobody may use."""
    if topic == ME:
        return f"{ME}.{user}"
    return None if topic.startswith(f"{ME}.") or "\0" in topic else topic


def shown(topic: str) -> str:
    return ME if topic.startswith(f"{ME}.") else topic


def event(frame: Frame) -> dict:
    return said({"topic": shown(frame.topic), "seq": frame.seq, "type": frame.type, "data": frame.data})


def subscribed(topic: str, seq: int) -> dict:
    """Frames follow from `seq` on: the client's own last number, or the topic's latest."""
    return said({"type": "subscribed", "topic": shown(topic), "seq": seq})


def reset(topic: str, seq: int) -> dict:
    """The gap can't be filled: fetch anew what you show. Frames follow from `seq` on."""
    return said({"type": "reset", "topic": shown(topic), "seq": seq})


def refused(topic: str) -> dict:
    return said({"type": "refused", "topic": shown(topic)})


def heartbeat(seqs: dict[str, int]) -> dict:
    return said({"type": "heartbeat", "seqs": {shown(topic): seq for topic, seq in seqs.items()}})


def error(code: str, detail: str) -> dict:
    return said({"type": "error", "code": code, "detail": detail})


def said(values: dict) -> dict:
    """The ASGI message, made once for all who get it."""
    return {"type": "websocket.send", "text": msgspec.json.encode(values).decode()}
