"""The figures that repeat to the byte: what a sync writes, on an engine of its own."""

import pytest

from .ingest import written

pytestmark = pytest.mark.engines


@pytest.fixture(scope="module")
def found():
    return written.measured()


def test_a_run_that_finds_nothing_changed_writes_no_stock_product_or_change_row(found):
    assert found["rows"] == 0


def test_a_run_that_finds_one_percent_changed_logs_a_twenty_fifth_of_the_predecessors_bytes_at_most(found):
    assert 0 < found["share"] <= 0.04
