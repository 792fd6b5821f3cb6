"""What is kept for a client that does not read: a few frames, however many are told."""

import asyncio

from apps.core.live.client import ROOM, Client
from apps.core.live.people import Listener
from apps.core.live.store import Shared
from tests.processes import in_a_loop


def test_a_stuck_client_is_marked_behind_and_costs_a_few_frames_of_memory():
    in_a_loop(_offer_many())


async def _offer_many():
    stuck = asyncio.Event()
    client = Client(lambda message: stuck.wait(), Listener(), Shared())
    client.open("topic")
    client.start("topic", None, 0)
    writer = asyncio.create_task(client.write())
    for number in range(1, 1001):
        client.offer("topic", number, {"number": number})
        await asyncio.sleep(0)
    place = client.places["topic"]
    assert (place.seq, place.latest, place.behind) == (ROOM, 1000, True)
    assert len(client._waiting) == ROOM
    writer.cancel()
