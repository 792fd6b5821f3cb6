"""What names say about size, by the trade's own traps."""

import pytest

from apps.catalog.matching.amounts import compatible, read
from apps.catalog.matching.text import fold

G, MG, ML, COUNT = 1_000_000, 1000, 1000, 1000  # thousandths of mg, mg, ml, pieces


def said(name):
    return read(fold(name))[0]


@pytest.mark.parametrize(
    ("name", "grams", "count"),
    [
        ("Jetpacks | FJ-3 | .6g | 5 Pack | 3g", {3}, {5}),
        ("1/2 Gram Pre-Rolls | 7pk", {3.5}, {7}),
        ("Quad Infused Baby Prerolls 5pk - Strawberry SC (I) (2.5g)", {2.5}, {5}),
        ("5 x 0.5g", {2.5}, {5}),
        ("5x.5g", {2.5}, {5}),
        ("Preroll 0.5g x 3", {1.5}, {3}),
        ("Half Ounce", {14}, set()),
        ("1/2 oz", {14}, set()),
        ("Eighth", {3.5}, set()),
        ("1/8", {3.5}, set()),
        ("Quarter", {7}, set()),
        ("2 for $29 Shake OZ", {28}, set()),
        ("½ Gram cart", {0.5}, set()),
        ("The Vault Flower - White Truffle (I): 7g", {7}, set()),
        ("3.5-gram jar", {3.5}, set()),
        ("2 lb", {896}, set()),
        ("Prerolls 1g 2pk", {1, 2}, {2}),
    ],
)
def test_a_name_says_its_grams_and_its_count(name, grams, count):
    amounts = said(name)
    assert amounts.mass == {round(gram * G) for gram in grams}
    assert amounts.count == {number * COUNT for number in count}


@pytest.mark.parametrize(
    ("name", "milligrams"),
    [
        ("10mg / 10 pack", {100}),
        ("Wyld Gummies 100mg 10pk", {100}),
        ("500mg vape", {500}),
        ("MEGA 1:1 - Blackberry (I) (100mg THC/CBN)", {100}),
        ("Gummies 20mg 5pk", {20, 100}),
        ("1,000 mg tincture", {1000}),
    ],
)
def test_a_lone_dose_beside_a_pack_keeps_every_reading_that_can_be(name, milligrams):
    assert said(name).dose == {dose * MG for dose in milligrams}


def test_fluid_ounces_are_a_volume_and_six_of_them_a_total():
    assert said("12 fl oz 6 pack").volume == said("6 x 12 fl. oz").volume
    assert said("1 liter").volume == said("1000 ml").volume == {1000 * ML}


NO_SIZE = ['Kitchen - 8" Cake', "1/4 Sheet Cake", "NB-5L battery", "CLI-8PC", "HT-X710", "ab3g", "f/4-5.6g"]


@pytest.mark.parametrize("name", NO_SIZE)
def test_a_model_number_or_a_cake_is_no_weight(name):
    amounts = said(name)
    assert not amounts.sized


def test_the_size_leaves_the_name_and_other_figures_stay():
    amounts, rest = read("nova (i) (1.3g) 4gb")
    assert "1.3" not in rest
    assert "4gb" in rest
    assert amounts.specs == (("storage", 4_000_000),)


def test_an_ounce_of_the_trade_and_an_ounce_of_the_scale_are_compatible():
    assert compatible(said("28g"), said("28.35 g"))
    assert not compatible(said("3.5g"), said("7g"))


def test_a_fraction_over_zero_is_no_figure():
    assert said("1/0 g").mass == frozenset()
