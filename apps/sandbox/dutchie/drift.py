"""How a shelf moves while people look: it sells down, a price moves, packages are received or kept apart.

One step moves one store. Everything is drawn from the `chance` handed in, so one seed tells one story. A shelf never
runs dry: where too many products are out, one is received again.
"""

import json
from datetime import timedelta

from apps.sandbox.clock import iso

from .seed import free_id
from .shelf import IN_QUARANTINE

ACTIVE = "Active"
OUT = 0.12  # share of products that may be out of stock
APART = 2  # packages of a store in quarantine at once
PACKAGES = 4  # of one product, before the empty ones go
RESERVE = " (reserve)"


def step(world, chance) -> list[str]:
    """Moves one store and tells what happened, a sentence each."""
    store = _some_store(world, chance)
    told = [_sell(world, chance, row) for row in _for_sale(world, chance, store)]
    told += [act(world, chance, store) for odds, act in ACTS if chance.random() < odds]
    told += _restock(world, chance, store)
    return [f"{store['locationName']}: {sentence}" for sentence in told if sentence]


def case_of(product: dict) -> int:
    """Units in a case; a shop sells single ones."""
    return json.loads(product.get("customMetadata") or "{}").get("caseOf", 1)


def _some_store(world, chance) -> dict:
    """Any store; one that is `_busy` so many times as often."""
    stores = world.rows("locations")
    return chance.choices(stores, [store.get("_busy", 1) for store in stores])[0]


def _for_sale(world, chance, store) -> list[dict]:
    rows = [row for row in _shelf(world, store) if row["packageStatus"] == ACTIVE and row["quantityAvailable"] > 0]
    return chance.sample(rows, min(len(rows), chance.randint(1, 4)))


def _sell(world, chance, row) -> str:
    sold = min(row["quantityAvailable"], case_of(_product(world, row)) * chance.randint(1, 2))
    left = row["quantityAvailable"] - sold
    world.change("inventory", row["inventoryId"], quantityAvailable=left)
    return f"{row['productName']} sold {sold:g}, {left:g} left."


def _reprice(world, chance, store) -> str:
    """A few percent up or down, within 15 % of the first price, in steps of five cents."""
    row = chance.choice(_shelf(world, store))
    first = row.get("_firstPrice", row["unitPrice"])
    wanted = row["unitPrice"] * chance.choice((0.96, 0.98, 1.02, 1.04))
    price = round(min(max(wanted, first * 0.85), first * 1.15) * 20) / 20
    world.change("inventory", row["inventoryId"], unitPrice=price, _firstPrice=first)
    return f"{row['productName']} costs {price:.2f}, was {row['unitPrice']:.2f}."


def _receive_any(world, chance, store) -> str:
    return receive(world, chance, chance.choice(_shelf(world, store)))


def receive(world, chance, like: dict) -> str:
    """A new package of the same product; of many, the empty ones go."""
    siblings = [row for row in world.rows("inventory") if _same(row, like)]
    for row in siblings[: max(0, len(siblings) - PACKAGES + 1)]:
        if row["quantityAvailable"] == 0:
            world.drop("inventory", row["inventoryId"])
    id, now = free_id(world, "inventory"), world.now()
    tag = f"{like['packageId'][:15]}{id:09d}"
    quantity = float(case_of(_product(world, like)) * chance.randint(8, 30))
    fresh = {
        "inventoryId": id,
        "batchId": id,
        "batchName": f"{like['sku']}-{now:%y%m%d}-{id % 100:02d}",
        "packageId": tag,
        "externalPackageId": tag,
        "packageStatus": ACTIVE,
        "quantityAvailable": quantity,
        "allocatedQuantity": 0.0,
        "packagedDate": _midnight(now),
        "expirationDate": _midnight(now + timedelta(days=chance.randint(150, 330))),
        "lastModifiedDateUtc": iso(now),
    }
    world.put("inventory", id, {**like, **fresh})
    return f"{like['productName']} received, {quantity:g}."


def _set_apart(world, chance, store) -> str:
    """One package goes into quarantine; where there are enough, the first comes back."""
    apart = [row for row in _shelf(world, store) if row["packageStatus"] == IN_QUARANTINE]
    if len(apart) >= APART:
        world.change("inventory", apart[0]["inventoryId"], packageStatus=ACTIVE)
        return f"{apart[0]['productName']} is back from quarantine."
    row = chance.choice([row for row in _shelf(world, store) if row["packageStatus"] == ACTIVE])
    world.change("inventory", row["inventoryId"], packageStatus=IN_QUARANTINE)
    return f"{row['productName']} is in quarantine."


def _rename(world, chance, store) -> str:
    """A product gets a suffix, or loses the one it had."""
    product = _product(world, chance.choice(_shelf(world, store)))
    was = product["productName"]
    name = was.removesuffix(RESERVE) if was.endswith(RESERVE) else was + RESERVE
    world.change("products", product["productId"], productName=name)
    return f"{was} is now called {name}."


def _restock(world, chance, store) -> list[str]:
    left: dict[int, float] = {}
    for row in _shelf(world, store):
        left[row["productId"]] = left.get(row["productId"], 0) + row["quantityAvailable"]
    out = [product for product, units in left.items() if units == 0]
    if len(out) <= OUT * len(left):
        return []
    wanted = chance.choice(out)
    return [receive(world, chance, next(row for row in _shelf(world, store) if row["productId"] == wanted))]


ACTS = ((0.15, _reprice), (0.10, _receive_any), (0.06, _set_apart), (0.01, _rename))


def _shelf(world, store) -> list[dict]:
    return [row for row in world.rows("inventory") if row["_locationId"] == store["locationId"]]


def _same(row, other) -> bool:
    return (row["productId"], row["_locationId"]) == (other["productId"], other["_locationId"])


def _product(world, row) -> dict:
    return world.get("products", row["productId"])


def _midnight(moment) -> str:
    return f"{moment.date()}T00:00:00Z"
