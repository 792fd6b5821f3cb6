"""Is it alive, may it be sent work, and what works: for machines, and in words for people."""

import shutil
from datetime import timedelta
from uuid import UUID

import redis
from django.conf import settings
from django.db import Error, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Max, Min
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.models import Location
from apps.compliance.metrics import metrics
from apps.core.middleware import is_full
from apps.core.models import Breaker, Job, SyncRun
from apps.core.scope import scope

from . import metrc

DISK_LEAST = 0.05  # share of the disk that has to be free
# Rows too many for their memory: for a moment they take half a megabyte of the volume that the tables lie on.
TAKE_SPACE = "SELECT count(*) FROM generate_series(1, 40000)"
LATE = timedelta(minutes=20)  # LOOK.md: stock is stale after this


def healthz(request) -> HttpResponse:
    """The process is alive. It asks nobody else: a restart storm helps no database."""
    return HttpResponse("ok", content_type="text/plain")


def readyz(request) -> JsonResponse:
    """200 with ok or degraded, or 503 with the reason when the truth can't be read or written."""
    parts = {"postgresql": _postgresql(), "storage": _storage(), "disk": _disk(), "redis": _redis()}
    vital = [words for name, words in parts.items() if name != "redis" and words != "ok"]
    if vital:
        return JsonResponse({"status": "down", "reason": vital[0], "parts": parts}, status=503)
    status = "ok" if parts["redis"] == "ok" else "degraded"
    return JsonResponse({"status": status, "parts": parts})


def status(request):
    """What works, for everybody; figures of queues, which are everybody's together, for the platform's own people."""
    with scope(everyone="the public status page"):
        sources = [_pages(), *_dutchie(), *metrc.source()]
        troubles = [source for source in sources if source["state"] != "up"]
        told = metrics() if request.user.is_superuser else None
        figures = [*_figures(), *metrc.figures(told)] if told else []
    context = {
        "metrc": metrc.queue(told) if told else None,
        "headline": _headline(sources),
        "sources": sources,
        "figures": figures,
        "troubles": troubles,
        "as_of": timezone.now(),
    }
    return render(request, "status.html", context)


def _postgresql() -> str:
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        return f"PostgreSQL does not answer ({type(error).__name__})"
    return f"{len(waiting)} migrations are not applied" if waiting else "ok"


def _storage() -> str:
    """Whether PostgreSQL has space to write; its volume may be on a machine that we can't look into."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem TO '64kB'")
            cursor.execute(TAKE_SPACE)
    except Error as error:
        return "PostgreSQL has no space left" if is_full(error) else f"not known ({type(error).__name__})"
    return "ok"


def _disk() -> str:
    place = settings.VAR if settings.VAR.exists() else settings.ROOT
    usage = shutil.disk_usage(place)
    return "ok" if usage.free / usage.total >= DISK_LEAST else f"{usage.free // 2**20} MB of disk are left"


def _redis() -> str:
    try:
        redis.Redis.from_url(settings.LIVE_REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError as error:
        return f"Redis does not answer ({type(error).__name__}); pages work, live changes wait"
    return "ok"


def _pages() -> dict:
    answer = _redis()
    state = "up" if answer == "ok" else "late"
    return {"name": _("ReUp pages and API"), "state": state, "detail": "" if answer == "ok" else answer, "days": []}


def _dutchie() -> list[dict]:
    places = set(Location.objects.synced().values_list("pk", flat=True))
    if not places:
        return []
    good = SyncRun.objects.filter(location_id__in=places, kind="inventory").good()
    last = dict(good.values_list("location_id").annotate(at=Max("finished_at")).values_list("location_id", "at"))
    now = timezone.now()
    late = [place for place in places if place not in last or now - last[place] > LATE]
    closed = Breaker.objects.filter(key__in=map(str, places), open_until__gt=now).exists()
    state = "up" if not late else "away" if closed and len(late) == len(places) else "late"
    detail = _("every store read within 20 minutes")
    if state == "away":
        detail = _("does not answer; each shelf shows what we knew, with its time")
    elif late:
        detail = ngettext("late at %(n)s of %(all)s store", "late at %(n)s of %(all)s stores", len(places))
        detail %= {"n": len(late), "all": len(places)}
    return [{"name": _("Dutchie POS"), "state": state, "detail": detail, "days": _days(places)}]


def _days(places: set[UUID], most: int = 90) -> list[dict]:
    """One mark a day, oldest first: up when every run ended well, late when some failed, away when all did."""
    since = timezone.now() - timedelta(days=most)
    runs = SyncRun.objects.filter(
        location_id__in=places, kind="inventory", started_at__gte=since, finished_at__isnull=False
    )
    days: dict = {}
    for started_at, state in runs.values_list("started_at", "state").iterator():
        failed, all_of_it = days.get(started_at.date(), (0, 0))
        days[started_at.date()] = (failed + (state in ("failed", "held")), all_of_it + 1)
    first = timezone.now().date() - timedelta(days=most - 1)
    return [
        {"date": day, "state": _mark(*days.get(day, (0, 0)))}
        for day in (first + timedelta(days=n) for n in range(most))
    ]


def _mark(failed: int, count: int) -> str:
    if not count:
        return "none"
    return "up" if not failed else "away" if failed == count else "late"


def _figures() -> list[dict]:
    waiting = Job.objects.filter(state=Job.State.READY, not_before__lte=timezone.now())
    oldest = waiting.aggregate(at=Min("not_before"))["at"]
    age = int((timezone.now() - oldest).total_seconds()) if oldest else 0
    return [
        {"label": _("Jobs waiting"), "value": waiting.count(), "context": _("oldest %(n)s s") % {"n": age}},
        {"label": _("Jobs given up"), "value": Job.objects.filter(state=Job.State.DEAD).count(), "context": ""},
        {
            "label": _("Roads closed"),
            "value": Breaker.objects.filter(open_until__gt=timezone.now()).count(),
            "context": _("sources that stopped answering"),
        },
    ]


def _headline(sources: list[dict]) -> str:
    bad = [source for source in sources if source["state"] != "up"]
    if not bad:
        return _("Everything works.")
    if len(bad) == 1:
        return _("One source is late. Everything else works.")
    return _("%(n)s of %(all)s sources have trouble.") % {"n": len(bad), "all": len(sources)}
