"""Stores' pages from JSON bytes in memory to commit: 25 stores of 4,000 rows, with 0, 1 and 100 % of them changed."""

import gc
from functools import partial

from apps.catalog.models import StockItem
from apps.core.scope import everyone
from reup.bench.bench import Bench

from . import memory, ours, peers, written
from .pages import Store

PEERED = 2  # stores the slow peers are given; their speed does not lean on how many there are
PREDECESSOR, BULK, LIMIT = "one upsert a row", "bulk_create", "raw COPY, unlogged"


def run(bench: Bench) -> None:
    stores = ours.open_stores(*((5, 1_000) if bench.quick else (25, 4_000)))
    field = Field(stores)
    bench.same("rows after the first load", field.outputs())
    one = field.measure(bench, share=0.01, name="1 % changed")
    field.measure(bench, share=0, name="nothing changed")
    all_ = field.measure(bench, share=1, name="100 % changed", bulk=True)
    bench.same("rows at the end", field.outputs())
    bench.goal("1 % changed, beside one upsert a row", one.times(PREDECESSOR), at_least=35, reach=55)
    bench.goal("1 % changed, share of raw COPY", one.times(LIMIT), at_least=0.6, reach=1.0)
    bench.goal("100 % changed, beside one upsert a row", all_.times(PREDECESSOR), at_least=5, reach=8)
    bench.goal("100 % changed, beside bulk_create", all_.times(BULK), at_least=12, reach=20)
    written.run(bench)
    memory.run(bench)


class Field:
    """The contestants, each with the same stores loaded."""

    def __init__(self, stores: list[Store]):
        self.stores, self.few = stores, stores[:PEERED]
        self.line = peers.plain_line()
        peers.make_tables(self.line)
        self.bulk = [peers.BulkCreate(store) for store in self.few]
        self.bodies: list[bytes] = []
        self.turn(0)
        self.reup()
        self.predecessor()
        self.bulk_create()
        self.rows = [peers.kept_rows(self.line, store) for store in stores]
        self.blocks = [peers.ready_block(self.line, store) for store in stores]
        self.line.execute("VACUUM ANALYZE")

    def turn(self, share: float) -> None:
        """The POS's stock moves on."""
        for store in self.stores:
            store.change(share)
        self.bodies = [store.body() for store in self.stores]
        gc.freeze()  # a worker holds no pages of other stores; the collector shall not walk ours

    def measure(self, bench: Bench, *, share: float, name: str, bulk: bool = False):
        return bench.case(
            name=name,
            size=f"{len(self.stores)} stores × {len(self.stores[0].packages):,} rows",
            unit="rows/s",
            reup=self.reup,
            peers={PREDECESSOR: self.predecessor} | ({BULK: self.bulk_create} if bulk else {}),
            limit={LIMIT: self.raw_copy_of_bytes, "raw COPY of the rows as values": self.raw_copy},
            before=partial(self.turn, share),
            share=0.3,
        )

    def reup(self) -> int:
        runs = [ours.sync(store, body) for store, body in zip(self.stores, self.bodies, strict=True)]
        return sum(run.counts["fetched"] for run in runs if run.finished_at)

    def predecessor(self) -> int:
        return sum(map(partial(peers.one_upsert_a_row, self.line), self.few, self.bodies))

    def bulk_create(self) -> int:
        return sum(peer(body) for peer, body in zip(self.bulk, self.bodies, strict=False))

    def raw_copy(self) -> int:
        self.line.execute("TRUNCATE peer_raw")
        for rows in self.rows:
            peers.raw_copy(self.line, rows)
        return sum(map(len, self.rows))

    def raw_copy_of_bytes(self) -> int:
        self.line.execute("TRUNCATE peer_raw")
        for block in self.blocks:
            peers.raw_copy_of_bytes(self.line, block)
        return sum(map(len, self.rows))

    def outputs(self) -> dict[str, list]:
        """Quantities by inventory id, of the stores that all contestants have."""
        return {
            "the pages": [store.expected() for store in self.few],
            "reup": [_kept(store) for store in self.few],
            PREDECESSOR: [peers.written(self.line, store) for store in self.few],
            BULK: [peer.written() for peer in self.bulk],
        }


def _kept(store: Store) -> dict:
    with everyone("bench"):
        return dict(StockItem.objects.filter(location=store.location).values_list("inventory_id", "quantity"))
