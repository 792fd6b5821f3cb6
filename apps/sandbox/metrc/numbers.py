"""The next id: one series for everything METRC numbers."""

from apps.sandbox.world import World


def next_id(world: World) -> int:
    number = world.setting("nextId")
    world.put("settings", "nextId", number + 1)
    return number
