"""What waits for a person, how long, and how the stores' syncs stand: the back office's home."""

from dataclasses import asdict, dataclass
from datetime import timedelta

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Credential, Location
from apps.catalog.models import HeldSnapshot, ProductLink, QuarantinedRow
from apps.compliance.models import Discrepancy, Report
from apps.core.models import AuditEntry, Job, SyncRun
from apps.core.scope import current
from apps.orders.models import Order, Shortfall
from apps.orders.rules import ENDED
from apps.orders.rules.hours import ANSWER_DISPUTE, ANSWERED, FIRST_TOUCH


@dataclass(frozen=True)
class Queue:
    """`state`: ok within the target, warn from half of it on, bad over it, none when nothing waits."""

    label: str
    url: str
    count: int
    oldest: timedelta | None
    target: timedelta
    state: str


def queues() -> list[dict]:
    """Every queue, most pressing first."""
    found = [
        _orders(
            _("Orders to review"),
            FIRST_TOUCH,
            Q(state="PENDING") & ~Q(backorder_of__isnull=False, hold_expired=True),
        ),
        _orders(_("Asked to cancel"), ANSWERED, Q(cancel_requested=True), "#lane-ACCEPTED"),
        _orders(_("Disputed deliveries"), ANSWER_DISPUTE, Q(disputed=True), "#lane-DELIVERED"),
        _queue(
            _("Shortfalls"),
            "admin:orders_order_shortfalls",
            "",
            Shortfall.objects.filter(ended_at=None),
            "began_at",
            timedelta(hours=1),
        ),
        _queue(
            _("METRC desk"),
            "admin:compliance_report_desk",
            "?group=person",
            Report.objects.need_a_person(),
            "created_at",
            timedelta(hours=1),
        ),
        _queue(
            _("METRC differs from a shelf"),
            "admin:compliance_discrepancy_changelist",
            "",
            Discrepancy.objects.filter(state=Discrepancy.State.OPEN),
            "created_at",
            timedelta(hours=24),
        ),
        _queue(
            _("Product matches"),
            "admin:catalog_productlink_review",
            "",
            ProductLink.objects.waiting(),
            "created_at",
            timedelta(hours=24),
        ),
        _queue(
            _("Quarantined rows"),
            "admin:catalog_quarantinedrow_changelist",
            "?state__exact=open",
            QuarantinedRow.objects.filter(state=QuarantinedRow.State.OPEN),
            "created_at",
            timedelta(hours=24),
        ),
        _queue(
            _("Held snapshots"),
            "admin:core_syncrun_changelist",
            "?state__exact=held",
            HeldSnapshot.objects.open(),
            "created_at",
            timedelta(hours=1),
        ),
        _queue(
            _("Keys refused"),
            "admin:accounts_credential_changelist",
            "",
            Credential.objects.exclude(last_failed_at=None),
            "last_failed_at",
            timedelta(hours=1),
        ),
        _queue(
            _("Jobs given up"),
            "admin:core_job_changelist",
            "?state__exact=dead",
            Job.objects.filter(state=Job.State.DEAD),
            "created_at",
            timedelta(hours=4),
        ),
    ]
    order = ["bad", "warn", "ok", "none"]
    return [asdict(queue) for queue in sorted(found, key=lambda queue: order.index(queue.state))]


def stores() -> list[dict]:
    """Each synced location, its newest run, and when it was last read well."""
    runs = SyncRun.objects.filter(location_id=OuterRef("pk"), kind="inventory")
    newest = runs.order_by("-id")
    places = Location.objects.filter(dutchie_loc__isnull=False).annotate(
        run=Subquery(newest.values("id")[:1]),
        run_state=Subquery(newest.values("state")[:1]),
        counts=Subquery(newest.values("counts")[:1]),
        good_at=Subquery(runs.good().order_by("-id").values("finished_at")[:1]),
    )
    return [
        {
            "name": place.name,
            "state": place.run_state,
            "rows": (place.counts or {}).get("fetched"),
            "good_at": place.good_at,
            "run": place.run,
            "url": place.run and reverse("admin:core_syncrun_change", args=[place.run]),
        }
        for place in places
    ]


SAID = {
    "order.submit": _("Order %(number)s was submitted"),
    "order.claim": _("Order %(number)s was claimed"),
    "order.accept": _("Order %(number)s was accepted"),
    "order.counter": _("Order %(number)s, changes proposed"),
    "order.approve": _("Order %(number)s, the change was approved"),
    "order.reject": _("Order %(number)s was rejected"),
    "order.cancel": _("Order %(number)s was cancelled"),
    "order.prepare": _("Order %(number)s is being prepared"),
    "order.manifest": _("Order %(number)s, a manifest was filed"),
    "order.ship": _("Order %(number)s was shipped"),
    "order.deliver": _("Order %(number)s was delivered"),
    "order.confirm": _("Order %(number)s was confirmed"),
    "inventory.synced": _("Inventory was read"),
    "match.decided": _("A product match was decided"),
    "demo.filled": _("The demo was filled in"),
}


def decisions(most: int = 6) -> list[dict]:
    """The last things people and the system did, in words where we have them."""
    rows = AuditEntry.objects.exclude(action="platform.looked").order_by("-at")[:most]
    return [{"at": row.at, "actor": row.actor, "words": _words(row), "entry": row} for row in rows]


def _words(row: AuditEntry) -> str:
    words = SAID.get(row.action)
    named = {"number": row.data.get("number", "")}
    return str(words) % named if words else row.action.replace(".", ", ").replace("_", " ").capitalize()


def _mine(field: str) -> dict:
    """A member's own side of what two organizations see; the platform's people see all."""
    mine = current().organization
    return {field: mine} if mine else {}


def _orders(label: str, target: timedelta, which: Q, lane: str = "") -> Queue:
    """Pressing by open hours where the target is in those."""
    rows = Order.objects.filter(which, deleted_at=None, **_mine("seller")).exclude(state__in=ENDED)
    oldest, now = rows.order_by("moved_at").first(), timezone.now()
    waits, state = (now - oldest.moved_at, oldest.pressing(now) or "ok") if oldest else (None, "none")
    return Queue(label, reverse("admin:orders_order_board") + lane, rows.count(), waits, target, state)


def _queue(label: str, view: str, query: str, rows, since: str, target: timedelta) -> Queue:
    found = rows.order_by().aggregate(count=Count("pk"), oldest=Min(since))
    oldest = timezone.now() - found["oldest"] if found["oldest"] else None
    return Queue(label, reverse(view) + query, found["count"], oldest, target, _state(oldest, target))


def _state(oldest: timedelta | None, target: timedelta) -> str:
    if oldest is None:
        return "none"
    if oldest > target:
        return "bad"
    return "warn" if oldest > target / 2 else "ok"
