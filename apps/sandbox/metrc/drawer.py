"""A licence's drawer of package tags: physical ones, ordered by people and used up one by one."""

from .ask import Refused
from .numbers import next_id

MOST = 1_000  # in one order
FEW = 10


def fill(world, facility: dict, count: int) -> None:
    """So many unused tags more."""
    for _ in range(count):
        number = next_id(world)
        label = f"1A405030{facility['FacilityId'] % 10_000_000:07}{number:09}"
        tag = {"Id": number, "Label": label, "TagTypeName": "Package Tag", "_facility": facility["License"]["Number"]}
        world.put("tags", number, tag)


def order(world, facility: dict, said: dict) -> dict:
    """What a person does at METRC's site; they come by post, here at once."""
    count = said.get("count", 20)
    if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST:
        raise Refused(f"The count is a number from 1 to {MOST}.")
    fill(world, facility, count)
    return facility


def left(world, facility: dict) -> int:
    mine = (row for row in world.rows("tags") if row["_facility"] == facility["License"]["Number"])
    return sum(not row.get("_used") for row in mine)
