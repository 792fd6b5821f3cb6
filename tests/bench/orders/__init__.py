"""Orders by 8 workers: the bare reservation step on one hot row and on 100 rows, beside the ORM's; the whole submit."""

from functools import partial

from django.db import connection

from apps.catalog.actions.reserving import reconcile
from apps.core.scope import everyone, scope
from reup.bench.bench import Bench, WrongAnswer
from tests import make

from . import steps
from .workers import Workers

WORKERS, ROWS = 8, 100
ORM, LIMIT = "select_for_update", "bare conditional UPDATE, prepared"


def run(bench: Bench) -> None:
    shop = Shop()
    each = 40 if bench.quick else 250
    hot = _step(bench, shop, "hot row", shop.lines[:1], each)
    wide = _step(bench, shop, "100 rows", shop.lines, each)
    bench.goal("hot row, the step beside the ORM's select_for_update", hot.times(ORM), at_least=2, reach=4)
    bench.goal("100 rows, the same", wide.times(ORM), at_least=2, reach=3.5)
    bench.goal("oversold, 8 workers on 200 units", shop.oversold(200), at_most=0, reach=0)
    shop.submits(bench, 5 if bench.quick else 40)
    bench.goal("promised beside its rows: shelf lines that drift", shop.drift(), at_most=0, reach=0)


def _step(bench: Bench, shop: "Shop", name: str, lines: list, each: int):
    work = {how: partial(shop.turn, step, lines, each) for how, step in steps.ALL.items()}
    return bench.case(
        name=f"reservation step, {name}",
        size=f"{WORKERS} workers × {each}",
        unit="orders/s",
        itself=True,
        reup=work["reup"],
        peers={ORM: work[ORM]},
        limit={LIMIT: work[LIMIT]},
        share=0.3,
    )


class Shop:
    """A wholesaler with 100 products in plenty, a retailer, and workers that buy."""

    def __init__(self):
        self.seller, self.buyer = make.organization(side="wholesaler"), make.organization(side="retailer")
        make.connection(self.seller, self.buyer)
        self.place, self.shop = make.location(organization=self.seller), make.location(organization=self.buyer)
        for site in (self.place, self.shop):
            make.license(location=site)
        self.person = make.user(at=self.buyer, role="owner")
        make.authenticator(self.person)
        self.products = [make.product(organization=self.seller, sku=f"SKU-{n}") for n in range(ROWS)]
        self.lines = [make.shelf_line(location=self.place, product=one, quantity=10**8).pk for one in self.products]

    def turn(self, step, lines: list, each: int) -> float:
        """So many steps by every worker; orders a second. What was promised is counted after."""
        before = self._held()
        with Workers(WORKERS, partial(step, self.seller.pk, lines)) as workers:
            seconds = workers.run(each)
        taken = self._held() - before
        if taken != WORKERS * each:
            raise WrongAnswer(f"{WORKERS * each} orders took {taken} units.")
        return WORKERS * each / seconds

    def oversold(self, units: int) -> float:
        """How many more than there are 8 workers get of a line, each asking until it is refused."""
        line = make.shelf_line(location=self.place, quantity=units)
        with Workers(WORKERS, partial(steps.until_refused, self.seller.pk, [line.pk])) as workers:
            workers.run(units)
        with everyone("bench"):
            line.refresh_from_db()
        if line.held != units:
            raise WrongAnswer(f"{line.held} of {units} units were sold.")
        return float(max(line.held - line.quantity, 0))

    def submits(self, bench: Bench, each: int) -> None:
        """Drafts over HTTP's own code, submitted with an Idempotency-Key, audit and events and all."""

        def whole() -> float:
            drafts = steps.drafts(self, WORKERS * each)
            with Workers(WORKERS, partial(steps.submit, self.person.pk, drafts)) as workers:
                return WORKERS * each / workers.run(each)

        bench.rounds, rounds = min(bench.rounds, 3), bench.rounds
        bench.case(
            name="submit, three lines, over the API",
            size=f"{WORKERS} workers × {each}",
            unit="orders/s",
            itself=True,
            reup=whole,
        )
        bench.rounds = rounds

    def drift(self) -> float:
        with scope(self.seller):
            return float(len([one for one in reconcile(seller=self.seller.pk) if one.held != one.held_rows]))

    def _held(self) -> int:
        with everyone("bench"), connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(sum(held + safety), 0) FROM catalog_shelfline")
            return int(cursor.fetchone()[0])
