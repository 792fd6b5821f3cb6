"""Part of a package leaves: a new package is made first, once, under a tag that no other order has."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from threading import Barrier
from time import sleep
from uuid import uuid4

import pytest
from django.db import connection

from apps.catalog.actions.state_books import compare_with_metrc
from apps.catalog.models import StockIssue, StockItem
from apps.compliance import actions, desk, paper
from apps.compliance.models import Discrepancy, Manifest, Package, Report, Tag
from apps.compliance.rules import State
from apps.core.errors import Refused
from apps.core.scope import everyone, scope
from apps.orders.documents import sheets
from tests.compliance.conftest import LICENCE
from tests.compliance.test_walk import trade  # noqa: F401
from tests.orders.conftest import market  # noqa: F401
from tests.papers import pages

pytestmark = pytest.mark.django_db
CREATE = "/packages/v2/"


@pytest.fixture
def source(trade) -> str:  # noqa: F811
    """The METRC tag of the flower's package."""
    with everyone("test"):
        return StockItem.objects.get(product=trade.flower).tag


def prepared(trade, quantity=4, **data):  # noqa: F811
    order = trade.order(("FLOWER", quantity), state="ACCEPTED")
    return trade.do(order, "prepare", **data)


def tags(**where) -> list[Tag]:
    with everyone("test"):
        return list(Tag.objects.filter(**where).order_by("label"))


def reports(**where) -> list[Report]:
    with everyone("test"):
        return list(Report.objects.filter(**where).order_by("pk"))


def made(metrc) -> list[dict]:
    return [entry for entry in metrc.ledger() if entry["act"] == "package"]


def allocated(trade, order):  # noqa: F811
    """`data.packages` of the picks it has."""
    with everyone("test"):
        line = order.lines.get()
        package = StockItem.objects.get(product=line.product)
    return {"id": line.pk, "package": package.pk, "quantity": line.accepted}


# --- tags


def test_a_part_is_given_a_tag_when_the_order_is_prepared_and_gives_it_back_when_it_is_not(trade, source):  # noqa: F811
    order = prepared(trade)
    [tag] = tags(state="reserved")
    assert (tag.order, tag.source, tag.quantity, tag.unit) == (order.pk, source, Decimal(4), "Each")

    trade.do(order, "unprepare")
    assert tags(state="reserved") == []
    assert tag.label in {one.label for one in tags(state="free")}


def test_cancelling_gives_the_tag_back(trade):  # noqa: F811
    order = prepared(trade)
    trade.do(order, "cancel", reason="PRICE", text="Called off.")
    assert tags(state="reserved") == [] == tags(state="used")


@pytest.mark.parametrize("on_short", ["SHIP_AVAILABLE", "ASK"])
def test_a_short_pick_moves_the_tag_to_what_was_found(trade, on_short):  # noqa: F811
    """Whoever says that less may be sent: the buyer's yes moves the seller's tags."""
    order = trade.draft(("FLOWER", 4))
    trade.do(order, "submit", on_short=on_short)
    for verb in ("claim", "accept", "prepare"):
        trade.do(order, verb)
    with everyone("test"):
        line = order.lines.get()
    trade.do(order, "short_pick", reason="OUT_OF_STOCK", lines=[{"id": line.pk, "picked": Decimal(3)}])
    if on_short == "ASK":
        trade.do(order, "approve_amend")
    assert [tag.quantity for tag in tags(state="reserved")] == [Decimal(3)]


def test_a_whole_package_needs_no_tag(trade, facility, source):  # noqa: F811
    with everyone("test"):
        Package.objects.filter(label=source).update(quantity=10)
    order = prepared(trade, 10)
    assert tags(state="reserved") == []
    with pytest.raises(Refused) as refused:
        trade.do(trade.do(order, "unprepare"), "prepare", packages=[allocated(trade, order) | {"tag": "1A4"}])
    assert refused.value.code == "tag-not-needed"


def test_whether_all_of_a_package_goes_is_asked_of_metrcs_books(trade, source):  # noqa: F811
    """The POS counts 10 and METRC 12: METRC would move 12."""
    with everyone("test"):
        Package.objects.filter(label=source).update(quantity=12)
    prepared(trade, 10)
    assert [tag.quantity for tag in tags(state="reserved")] == [Decimal(10)]


def test_more_than_metrc_counts_does_not_leave(trade, source):  # noqa: F811
    with everyone("test"):
        Package.objects.filter(label=source).update(quantity=3)
    with pytest.raises(Refused, match="METRC counts 3 Each") as refused:
        prepared(trade, 4)
    assert refused.value.code == "metrc-has-less"


def test_staff_choose_a_tag_and_nobody_elses(trade, facility):  # noqa: F811
    order = trade.order(("FLOWER", 4), state="ACCEPTED")
    wanted = tags(state="free")[7].label
    pick = allocated(trade, order)
    trade.do(order, "prepare", packages=[pick | {"tag": wanted}])
    assert [tag.label for tag in tags(state="reserved")] == [wanted]

    other = trade.order(("FLOWER", 2), state="ACCEPTED")
    for label in (wanted, "1A4050000000000000000000"):
        with pytest.raises(Refused) as refused:
            trade.do(other, "prepare", packages=[allocated(trade, other) | {"tag": label}])
        assert refused.value.code == "tag-not-free"


def test_without_a_free_tag_staff_are_told_what_to_do_and_new_ones_are_read(
    trade,  # noqa: F811
    metrc,
    facility,
    client_of,
    cast,
    run_jobs,
):
    with everyone("test"):
        Tag.objects.update(state="gone")
    for row in metrc.world.rows("tags"):
        metrc.world.change("tags", row["Id"], _used=True)
    order = trade.order(("FLOWER", 4), state="ACCEPTED")
    with pytest.raises(Refused, match="Refresh tags") as refused:
        trade.do(order, "prepare")
    assert (refused.value.code, refused.value.extra) == ("no-free-tag", {"wanted": 1, "free": 0})
    assert trade.fresh(order).state == "ACCEPTED"

    metrc.press(f"facilities/{LICENCE}/order_tags", count=2)
    client_of(cast.seller).post("/admin/compliance/tag/refresh/")
    run_jobs()
    trade.do(order, "prepare")
    [ordered] = tags(state="reserved")
    assert ordered.label in {row["Label"] for row in metrc.world.rows("tags") if not row.get("_used")}
    assert len(tags(state="free")) == 1


def test_a_part_is_packed_in_metrcs_unit_and_never_converted(trade, source):  # noqa: F811
    with everyone("test"):
        Package.objects.filter(label=source).update(unit="Grams", quantity=Decimal("100.5"))
    with pytest.raises(Refused) as refused:
        prepared(trade)
    assert refused.value.code == "units-differ"

    with everyone("test"):
        StockItem.objects.filter(tag=source).update(unit="g")
    prepared(trade)
    assert [(tag.quantity, tag.unit) for tag in tags(state="reserved")] == [(Decimal(4), "Grams")]


@pytest.mark.django_db(transaction=True)
def test_orders_of_one_package_at_the_same_time_get_a_tag_each(trade, source, metrc, facility, drain):  # noqa: F811
    held, many = metrc.package(source)["Quantity"], 5
    orders = [trade.order(("FLOWER", 2), state="ACCEPTED") for _ in range(many)]
    start = Barrier(many)

    def together(order):
        try:
            start.wait(10)
            trade.do(order, "prepare")
            trade.do(order, "manifest")
        finally:
            connection.close()

    with ThreadPoolExecutor(many) as pool:
        list(pool.map(together, orders))
    used = tags(state="used")
    assert len({tag.label for tag in used}) == many
    assert {tag.order for tag in used} == {order.pk for order in orders}

    drain()
    assert [entry["quantity"] for entry in made(metrc)] == [2] * many
    assert metrc.package(source)["Quantity"] == held - 2 * many
    packed = [package["PackageLabel"] for row in metrc.templates() for package in row["_destinations"][0]["Packages"]]
    assert sorted(packed) == [tag.label for tag in used]


# --- the report


def test_the_manifest_names_the_new_package_and_where_it_came_from(trade, source, drain):  # noqa: F811
    order = prepared(trade)
    trade.do(order, "manifest")
    drain()
    [tag] = tags(state="used")
    [report] = reports(kind="package_create")
    assert (report.state, report.payload["source"], report.payload["tag"]) == (State.CONFIRMED, source, tag.label)
    with everyone("test"):
        document = Manifest.objects.get().document
        rows = sheets.pick_list(trade.fresh(order)).rows
    [line] = document["lines"]
    assert (line["tag"], line["source"], line["quantity"]) == (tag.label, source, "4.0000")
    assert f"new tag {tag.label}, from {source}" in rows[0][2]
    said = " ".join(pages(paper.pdf(document)))
    assert tag.label in said
    assert f"from {source}" in said


@pytest.mark.parametrize("fault", ["timeout_after_commit", "timeout_before_commit", "500_after_commit", "late_commit"])
def test_whatever_becomes_of_the_answer_one_new_package_is_made(trade, metrc, drain, fault, settings):  # noqa: F811
    settings.METRC_CALL_SECONDS = 0.4
    order = prepared(trade)
    trade.do(order, "manifest")
    metrc.fault(CREATE, fault, times=1, method="POST", seconds=0.6)
    for _ in range(4):
        drain()
    sleep(1)  # a call that was given up on may arrive only now
    assert len(made(metrc)) == 1
    assert [report.state for report in reports()] == [State.CONFIRMED, State.ASSIST]
    assert len(metrc.templates()) == 1


def test_a_tag_that_became_another_package_waits_for_a_person(trade, source, metrc, drain, settings):  # noqa: F811
    settings.METRC_CALL_SECONDS = 0.4
    order = prepared(trade)
    trade.do(order, "manifest")
    [tag] = tags(state="used")
    metrc.fault(CREATE, "timeout_before_commit", times=1, method="POST", seconds=0.6)
    other = metrc.package(source)
    metrc.world.put("packages", 999_001, {**other, "Label": tag.label, "Quantity": 1, "SourcePackageLabels": source})
    for _ in range(5):
        drain()
    [report, transfer] = reports()
    assert (report.state, transfer.state) == (State.REVIEW, State.QUEUED)
    with everyone("test"):
        shown = {row.field: row.verdict for row in desk.beside(report)}
        assert shown["Quantity"] == "differs"
        assert set(desk.verbs(report)) == {"adopt", "look", "redrive", "cancel"}
    assert made(metrc) == []


def test_a_refused_new_package_holds_up_its_own_order_alone(trade, source, metrc, drain):  # noqa: F811
    bad, good = prepared(trade, 3), prepared(trade, 4)
    trade.do(bad, "manifest")
    [tag] = tags(state="used")
    row = next(row for row in metrc.world.rows("tags") if row["Label"] == tag.label)
    metrc.world.change("tags", row["Id"], _used=True)
    drain()
    trade.do(good, "manifest")
    drain()
    refused, blocked = reports(order_number=bad.number)
    assert (refused.state, blocked.state) == (State.REJECTED, State.QUEUED)
    assert [report.state for report in reports(order_number=good.number)] == [State.CONFIRMED, State.ASSIST]
    with everyone("test"):
        assert desk.blocked_by(blocked) == refused
        assert desk.blocks(refused) == [blocked]
    with pytest.raises(Refused, match="is not valid"):
        trade.do(bad, "ship")

    trade.do(trade.do(bad, "void_manifest"), "unprepare")
    assert [report.state for report in reports(order_number=bad.number)] == [State.CANCELLED] * 2
    trade.do(bad, "prepare")
    assert tag.label not in {one.label for one in tags(state="reserved")}, "METRC refused it once"
    trade.do(bad, "manifest")
    drain()
    assert [one.state for one in reports(order_number=bad.number)][2:] == [State.CONFIRMED, State.ASSIST]


def test_a_new_version_of_the_manifest_takes_the_package_that_was_made(trade, metrc, drain):  # noqa: F811
    order = prepared(trade)
    trade.do(order, "manifest")
    drain()
    trade.do(order, "void_manifest")
    drain()
    trade.do(order, "manifest")
    drain()
    assert len(made(metrc)) == 1
    assert len(reports(kind="package_create")) == 1
    [live] = [row for row in metrc.templates() if not row["_archived"]]
    assert [one["PackageLabel"] for one in live["_destinations"][0]["Packages"]] == [made(metrc)[0]["label"]]


def test_taking_all_that_is_left_stays_a_part_once_it_was_packed(trade, source, metrc, drain, pull):  # noqa: F811
    """METRC's source holds less than the order takes after the package was made; the second version says the same."""
    with everyone("test"):
        Package.objects.filter(label=source).update(quantity=12)
    metrc.world.change("packages", metrc.package(source)["Id"], Quantity=12)
    order = prepared(trade, 10)
    trade.do(order, "manifest")
    drain()
    pull()
    trade.do(order, "void_manifest")
    drain()
    trade.do(order, "manifest")
    assert {report.state for report in reports(kind="package_create")} == {State.CONFIRMED}


def test_nothing_is_packed_for_a_manifest_that_was_voided_before_metrc_heard_of_it(trade, metrc, drain):  # noqa: F811
    order = prepared(trade)
    trade.do(order, "manifest")
    trade.do(order, "void_manifest")
    assert [report.state for report in reports()] == [State.CANCELLED, State.CANCELLED]
    drain()
    assert made(metrc) == []
    assert len(tags(state="reserved")) == 1

    trade.do(order, "manifest")
    drain()
    assert len(made(metrc)) == 1


def test_a_package_made_for_an_order_that_ends_is_told_to_staff_and_not_undone(
    trade,  # noqa: F811
    source,
    metrc,
    drain,
    pull,
    facility,
):
    order = prepared(trade)
    trade.do(order, "manifest")
    drain()
    trade.do(trade.do(order, "void_manifest"), "cancel", reason="PRICE", text="Called off.")
    drain()
    pull()
    [tag] = tags(state="used")
    with scope(facility.organization_id):
        assert tag.order is None
        [task] = Discrepancy.objects.all()
        assert (task.kind, task.subject, task.state) == (actions.LEFT_OVER, tag.label, "open")
        assert source in task.ours
        StockItem.objects.filter(tag=source).update(quantity=metrc.package(source)["Quantity"] + 4)
        assert compare_with_metrc(facility=facility) == 0, "the task tells of it already"
    assert len(made(metrc)) == 1
    assert metrc.package(tag.label)["Quantity"] == 4


def test_packing_opens_no_difference_until_the_pos_has_noticed_and_none_after(
    trade,  # noqa: F811
    source,
    metrc,
    drain,
    pull,
    facility,
    run_jobs,
):
    held = int(metrc.package(source)["Quantity"])
    with everyone("test"):
        StockItem.objects.filter(tag=source).update(quantity=held)
    order = prepared(trade)

    def differing() -> int:
        with scope(facility.organization_id):
            return compare_with_metrc(facility=facility)

    trade.do(order, "manifest")
    drain()
    assert differing() == 0, "METRC's books are not read yet"
    pull()
    assert differing() == 0, "packed, and still on our shelf"
    [template] = metrc.templates()
    metrc.press(f"templates/{template['Id']}/register")
    pull()
    run_jobs()
    trade.do(order, "ship")
    assert differing() == 0, "gone, and the POS counts it"
    with everyone("test"):
        StockItem.objects.filter(tag=source).update(quantity=held - 4)
        StockIssue.objects.update(seen_at=trade.now)
    assert differing() == 0, "the POS has noticed"
    with everyone("test"):
        StockItem.objects.filter(tag=source).update(quantity=held)
    assert differing() == 1, "and now counts it again"


# --- the drawer


def test_the_drawer_is_read_and_lists_that_lag_or_lie_take_no_tag_away(facility, metrc, pull):
    assert pull() == ""
    free = tags(state="free")
    assert len(free) == 40
    taken, other = free[0], free[1]
    with everyone("test"):
        own = {"order": uuid4(), "order_number": "1", "source": "S", "quantity": 1}
        Tag.objects.filter(pk=taken.pk).update(state="reserved", **own)
    for tag in (taken, other):
        row = next(row for row in metrc.world.rows("tags") if row["Label"] == tag.label)
        metrc.world.change("tags", row["Id"], _used=True)
    metrc.fault("/tags/v2/package/available", "200_empty_list", times=1)
    pull()
    assert len(tags(state="free")) == 39, "an empty list is believed of nobody"
    pull()
    assert [tag.label for tag in tags(state="gone")] == [other.label]
    assert [tag.label for tag in tags(state="reserved")] == [taken.label]


def test_a_key_that_may_not_see_the_drawer_keeps_nothing_else_from_being_read(facility, metrc, pull):
    metrc.fault("/tags/v2/package/available", "401_flap", every=1)
    assert pull() == ""
    assert tags() == []
    with everyone("test"):
        assert Package.objects.filter(facility=facility).exists()
        assert facility.cursors.get(endpoint="tags").reason
