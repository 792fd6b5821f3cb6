"""What is measured, and the goals."""

from functools import partial

from reup.bench.bench import Bench

from . import celery_peer, ours, state
from .saturation import saturated

LICENCES = 100
CELERY = "Celery, the same call, no guarantees"


def run(bench: Bench) -> None:
    with state.running() as metrc:
        found = saturated(metrc, licences=LICENCES, seconds=10 if bench.quick else 45)
        bench.note(found.told())
        bench.goal("share of the 150 calls a second that METRC allows", found.share, at_least=0.95, reach=0.98)
        bench.goal("calls of one licence, most to least", found.spread, at_most=1.5, reach=1.2)
        bench.goal("calls of a licence before its Retry-After had passed", found.too_soon, at_most=0, reach=0)
        bench.goal("calls that met the limits", found.refused, at_most=0, reach=0)
        bench.goal("reports lost or doubled", found.wrong, at_most=0, reach=0)
        count = 200 if bench.quick else 1_000
        case = bench.case(
            name="reports through queue and emulator",
            size=f"{count:,} adjustments, 20 licences, 2 workers",
            unit="reports/s",
            itself=True,
            reup=partial(ours.sent, metrc, count),
            peers={CELERY: partial(celery_peer.sent, metrc, count)},
            share=0.9,
        )
    bench.goal("reports beside Celery's bare calls", case.times(CELERY), at_least=0.5, reach=0.5)
