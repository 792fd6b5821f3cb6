"""METRC's books beside our shelves: differences are tasks, nothing is overwritten."""

from decimal import Decimal

import pytest
from django.utils import timezone

from apps.catalog.actions.state_books import compare_with_metrc
from apps.catalog.models import StockItem
from apps.compliance.models import Discrepancy, Package
from apps.core.scope import everyone, scope
from tests import make
from tests.compliance import make as reported

pytestmark = pytest.mark.django_db
LABEL = "1A4050300004101000000001"


@pytest.fixture
def facility(cast):
    return reported.facility(place=cast.place)


def books(facility, quantity: str, *, unit="Each", place="active") -> None:
    now = timezone.now()
    with everyone("test"):
        Package.objects.update_or_create(
            facility=facility,
            label=LABEL,
            defaults={
                "organization": facility.organization,
                "metrc_id": 1,
                "item": "Polar Peach",
                "quantity": Decimal(quantity),
                "unit": unit,
                "place": place,
                "modified_at": now,
                "read_at": now,
            },
        )


def differences() -> list[tuple[str, str, str]]:
    with everyone("test"):
        return list(Discrepancy.objects.order_by("pk").values_list("ours", "theirs", "state"))


def test_another_quantity_is_a_task_until_both_agree_again(cast, facility):
    make.stock(location=cast.place, tag=LABEL, quantity="48")
    books(facility, "46")
    with scope(cast.wholesaler):
        assert compare_with_metrc(facility=facility) == 1
        assert compare_with_metrc(facility=facility, labels=[LABEL]) == 1
    assert differences() == [("48 Each", "46 Each", "open")]

    books(facility, "48")
    with scope(cast.wholesaler):
        assert compare_with_metrc(facility=facility) == 0
        assert StockItem.objects.get().quantity == 48
    assert differences() == [("48 Each", "46 Each", "gone")]


@pytest.mark.parametrize("how", [{"unit": "Grams"}, {"place": "intransit"}, {"place": "inactive"}])
def test_what_can_not_be_compared_is_not(cast, facility, how):
    make.stock(location=cast.place, tag=LABEL, quantity="48")
    books(facility, "46", **how)

    with scope(cast.wholesaler):
        assert compare_with_metrc(facility=facility) == 0
    assert differences() == []


def test_while_a_report_of_ours_is_under_way_a_difference_is_expected(cast, facility):
    make.stock(location=cast.place, tag=LABEL, quantity="48")
    books(facility, "46")

    with scope(cast.wholesaler):
        reported.adjustment(facility=facility, label=LABEL)
        assert compare_with_metrc(facility=facility) == 0


def test_several_packages_of_one_tag_are_counted_together(cast, facility):
    product = make.product(organization=cast.wholesaler)
    for quantity in ("20", "26"):
        make.stock(location=cast.place, product=product, tag=LABEL, quantity=quantity)
    books(facility, "46")

    with scope(cast.wholesaler):
        assert compare_with_metrc(facility=facility) == 0
