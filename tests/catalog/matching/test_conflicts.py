"""Vetoes: what no likeness outweighs."""

import pytest

from apps.catalog.matching import Item
from apps.catalog.matching.brands import Brands
from apps.catalog.matching.conflicts import against, sizes_agree, specs_agree, veto
from apps.catalog.matching.said import hear


def said(name):
    return hear(Item(id="1", name=name), Brands())


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        ("Blue Dream 3.5g", "Blue Dream 7g", "mass"),
        ("Blue Dream Eighth", "Blue Dream Quarter", "mass"),
        ("Gummies 10mg", "Gummies 100mg", "dose"),
        ("Protein Bars 5 ct", "Protein Bars Pack of 12", "count"),
        ("Preroll 1pk", "Preroll 5pk", "count"),
        ("Water 1 liter", "Water 2 liter", "volume"),
        ("Camino 1:1 gummies", "Camino 2:1 gummies", "ratio"),
        ("Live Resin Cartridge 500mg", "Live Resin Cartridge 1g", "unit"),
        ("Gummies 100mg", "Gummies 100g", "unit"),
    ],
)
def test_another_size_is_a_veto_both_ways(one, other, kind):
    assert veto(said(one), said(other)) == kind
    assert veto(said(other), said(one)) == kind


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Live Resin Cartridge 500mg", "Live Resin Cartridge .5g"),
        ("Preroll 5pk (2.5g)", "Preroll 5 x 0.5g"),
        ("Gummies 10mg / 10 pack", "Gummies 100mg"),
        ("Gummies 100mg", "Gummies 50g"),
        ("Flower 28g", "Flower 1oz"),
        ("Ketchup 16 oz", "Ketchup 453g"),
        ("Blue Dream", "Blue Dream 3.5g"),
    ],
)
def test_one_size_said_in_two_ways_is_no_veto(one, other):
    assert veto(said(one), said(other)) == ""


def test_sizes_agree_only_where_both_state_them_without_doubt():
    assert sizes_agree(said("Preroll 5pk (2.5g)").amounts, said("Preroll 5 x 0.5g").amounts) is True
    assert sizes_agree(said("Blue Dream").amounts, said("Blue Dream 3.5g").amounts) is None
    assert sizes_agree(said("Gummies 20mg 5pk").amounts, said("Gummies 100mg").amounts) is None
    assert sizes_agree(said("Turntable").amounts, said("Turntable").amounts) is True


def test_figures_of_one_kind_must_have_one_in_common_but_for_rounding():
    assert specs_agree(said("14.7 Megapixel").amounts.specs, said("14 Megapixel").amounts.specs) is True
    assert specs_agree(said("4GB").amounts.specs, said("8GB").amounts.specs) is False
    assert specs_agree(said("4GB").amounts.specs, said('42"').amounts.specs) is None


def test_a_veto_is_told_in_units_a_person_reads():
    assert against("mass", said("Blue Dream 3.5g"), said("Blue Dream 7g")) == "3.5 g against 7 g"
    assert against("count", said("1pk"), said("5pk")) == "1 in the pack against 5 in the pack"
    assert against("unit", said("cartridge 500mg"), said("cartridge 1g")) == "500 mg against 1 g"
    assert against("ratio", said("1:1"), said("2:1")) == "1:1 against 2:1"
