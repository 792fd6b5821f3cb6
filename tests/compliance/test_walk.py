"""The whole way: an order's manifest becomes a template at METRC, a person registers it there, its number reaches the
open order, and only then do the goods leave; the buyer's acceptance closes the loop."""

import hashlib

import pytest

from apps.accounts.models import License, Membership
from apps.catalog.models import StockItem
from apps.compliance import actions, desk
from apps.compliance.models import Driver, ReceiptLine, Report, Transfer
from apps.compliance.rules import State
from apps.core import audit
from apps.core.errors import Refused
from apps.core.scope import everyone, scope
from tests import make as others
from tests.compliance import make
from tests.compliance.conftest import BUYER, LICENCE, again
from tests.orders.conftest import market  # noqa: F401  (a fixture)

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade(market, cast, facility, metrc, pull):  # noqa: F811
    """The market, its packages, tags and licences as METRC knows them."""
    label = metrc.labels()[0]
    with everyone("test"):
        License.objects.filter(location=cast.place).update(number=LICENCE)
        License.objects.filter(location=market.shop).update(number=BUYER)
        StockItem.objects.filter(product=market.flower).update(tag=label)
    make.driver(at=cast.wholesaler)
    make.vehicle(at=cast.wholesaler)
    assert pull() == ""
    return market


def test_goods_leave_only_with_a_manifest_number_and_arrive_only_when_metrc_shows_it(
    trade, cast, facility, metrc, pull, run_jobs, client_of
):
    """An order for part of a package, from draft to confirmed: one new package, one template, ever."""
    [source] = {item.tag for item in _items(trade.flower)}
    held = metrc.package(source)["Quantity"]
    order = trade.order(("FLOWER", 4), state="PREPARING")
    with everyone("test"):
        driver = Driver.objects.get()
    trade.do(order, "manifest", driver={"id": driver.pk})
    run_jobs()
    assert trade.fresh(order).compliance == "SUBMITTED"
    with pytest.raises(Refused) as refused:
        trade.do(order, "ship")
    assert refused.value.code == "manifest-required"

    [template] = metrc.templates()
    [new] = [package["PackageLabel"] for package in template["_destinations"][0]["Packages"]]
    assert new != source
    assert (metrc.package(new)["Quantity"], metrc.package(source)["Quantity"]) == (4, held - 4)
    registered = metrc.press(f"templates/{template['Id']}/register")
    assert pull() == ""
    run_jobs()
    with everyone("test"):
        state = Transfer.objects.get(direction="outgoing", order_number=order.number)
        [papers] = desk.papers_of(order.seller_id, order.number)
    assert bytes(state.state_pdf).startswith(b"%PDF")
    assert state.state_pdf_sha256 == hashlib.sha256(state.state_pdf).hexdigest()
    assert (papers.manifest.version, papers.number, papers.state) == (1, registered["ManifestNumber"], state)
    page = client_of(cast.seller).get(f"/admin/orders/order/{order.pk}/change/").content.decode()
    for pk, path in ((papers.manifest.pk, "manifests/{}/"), (state.pk, "transfers/{}/manifest/")):
        assert path.format(pk) in page
        paper = client_of(cast.seller).get(f"/portal/compliance/{path.format(pk)}")
        assert (paper.status_code, paper.content[:4]) == (200, b"%PDF")
    order = trade.fresh(order)
    assert (order.compliance, order.manifest_number) == ("ACKNOWLEDGED", registered["ManifestNumber"])
    assert trade.do(order, "ship").state == "SHIPPED"

    trade.do(order, "deliver", signed_by="R. Vale")
    assert trade.do(order, "confirm").state == "CONFIRMED"
    acts = [(entry["act"], entry["label"]) for entry in metrc.ledger() if entry["licence"] == LICENCE]
    assert acts[:2] == [("package", new), ("template", "")]
    assert [act for act, _label in acts].count("package") == 1

    store = make.facility(place=trade.shop, number=BUYER, key="sbx-user-juniper")
    pull(store)
    with everyone("test"):
        transfer = Transfer.objects.get(direction="incoming", manifest_number=registered["ManifestNumber"])
        Membership.objects.filter(user=cast.buyer).update(roles=["buyer", "receiver"])
    buyer, address = client_of(cast.buyer), f"/portal/compliance/receiving/{transfer.pk}/"
    assert address in buyer.get(f"/portal/orders/{order.number}/").content.decode()
    assert address in buyer.get("/").content.decode()
    assert f"Order {order.number}" in buyer.post(address, {"all": "accept"}, follow=True).content.decode()
    with everyone("test"):
        report = Report.objects.select_related("facility").get(kind="transfer_accept")
        assert set(ReceiptLine.objects.values_list("state", flat=True)) == {"quarantine"}
    assert report.state == State.ASSIST
    metrc.press(f"transfers/{registered['Id']}/receive")
    pull(store)

    assert again(report).state == State.CONFIRMED
    with everyone("test"):
        assert set(ReceiptLine.objects.values_list("state", flat=True)) == {"released"}
        assert Report.objects.get(kind="transfer_create").state == State.CONFIRMED
        assert audit.verify()[2] == []


def _items(product) -> list[StockItem]:
    with everyone("test"):
        return list(StockItem.objects.filter(product=product))


def test_in_a_declared_outage_somebody_allowed_ships_with_a_reason_and_the_report_stays_queued(
    trade, cast, facility, metrc
):
    order = trade.order(("FLOWER", 4), state="PREPARING")
    trade.do(order, "manifest")
    with scope(cast.wholesaler):
        actions.begin_outage(
            organization=cast.wholesaler, reason="METRC is down since 09:00", by=cast.seller, now=trade.now
        )
    with pytest.raises(Refused, match="say why"):
        trade.do(order, "ship")

    order = trade.do(order, "ship", text="METRC away, driver carries our manifest")

    assert (order.state, order.compliance) == ("SHIPPED", "QUEUED")
    with everyone("test"):
        assert set(Report.objects.values_list("kind", "state")) == {
            ("package_create", State.QUEUED),
            ("transfer_create", State.QUEUED),
        }
        assert order.events.get(action="ship").data["outage"] == "METRC is down since 09:00"


def test_an_outage_alone_is_no_leave_for_somebody_whose_roles_do_not_include_it(trade, cast, facility):
    order = trade.order(("FLOWER", 4), state="PREPARING")
    picker = others.user(at=cast.wholesaler, role="staff")
    with everyone("test"):
        Membership.objects.filter(user=picker).update(roles=["warehouse"])
    with scope(cast.wholesaler):
        actions.begin_outage(organization=cast.wholesaler, reason="METRC is down", by="x", now=trade.now)

    with pytest.raises(Refused) as refused:
        trade.do(order, "ship", by=picker, text="no time")
    assert refused.value.code == "manifest-required"
