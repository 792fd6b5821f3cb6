"""Orders over HTTP for three times the stock, a web process killed each second; and the same without the lock."""

import random
import time
from contextlib import ExitStack
from dataclasses import asdict

from tests import make

from . import counting
from .clients import Asked, Clients
from .killing import Server

EVENTS = 3000
SKUS, LINES, MOST = 20, 4, 5  # products, lines an order, units a line
SHORTAGE = 3  # times the stock that is asked for
BUYERS = 8
CONTROL = 5  # the control is a fifth of the run


def run(*, events: int, seed: int) -> tuple[dict, bool]:
    """The document of INTERFACE's `lab`, and whether every promise held."""
    begun = time.monotonic()
    found = _round(events, seed)
    control = _round(max(events // CONTROL, 100), seed, naive=True)
    document = {"name": "orders", "seed": seed} | found | {"manual": 0, "seconds": round(time.monotonic() - begun, 1)}
    document["control"] = {name: control[name] for name in ("acts", "oversold", "lost", "doubled", "drift")}
    return document, _kept(document)


def _round(events: int, seed: int, *, naive: bool = False) -> dict:
    """One market from its first order to its last, and what its tables say then."""
    chance = random.Random(seed)
    market = Market(_plan(chance, events))
    with ExitStack() as stack:
        server = stack.enter_context(Server(naive=naive))
        clients = stack.enter_context(Clients(server.url, market.people))
        told = clients.send(market.bodies(), every_so_often=lambda: server.harm(chance))
    found = counting.count(market.seller.pk, told)
    return {"acts": events, **asdict(found), "answers": clients.seen, "faults": server.faults}


def _plan(chance: random.Random, events: int) -> list[list[tuple[int, int]]]:
    """By order, its lines as (SKU, units)."""
    return [
        [(sku, chance.randint(1, MOST)) for sku in chance.sample(range(SKUS), chance.randint(1, LINES))]
        for _ in range(events)
    ]


class Market:
    """A wholesaler with a third of what will be asked for, a retailer, and eight people who buy for it."""

    def __init__(self, plan: list):
        self.plan = plan
        self.seller, self.buyer = make.organization(side="wholesaler"), make.organization(side="retailer")
        make.connection(self.seller, self.buyer)
        self.place, self.shop = make.location(organization=self.seller), make.location(organization=self.buyer)
        for site in (self.place, self.shop):
            make.license(location=site)
        self.people = [make.user(at=self.buyer, role="buyer") for _ in range(BUYERS)]
        for number in range(SKUS):
            wanted = sum(units for lines in plan for sku, units in lines if sku == number)
            product = make.product(organization=self.seller, sku=f"SKU-{number}")
            make.stock(location=self.place, product=product, quantity=max(wanted // SHORTAGE, 1))

    def bodies(self) -> list[Asked]:
        between = {"seller": str(self.seller.pk), "location": str(self.shop.pk)}
        return [
            Asked(number, between | {"lines": [{"sku": f"SKU-{sku}", "quantity": units} for sku, units in lines]})
            for number, lines in enumerate(self.plan)
        ]


def _kept(document: dict) -> bool:
    nothing_wrong = not any(document[name] for name in ("oversold", "lost", "doubled", "drift", "unanswered"))
    no_surprise = not document["answers"]["unexpected"]
    was_short = document["answers"]["refused"] > 0 and document["sold"] > 0
    faults_bite = document["faults"]["web process killed"] > 0 and document["control"]["oversold"] > 0
    return nothing_wrong and no_surprise and was_short and faults_bite
