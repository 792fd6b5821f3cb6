"""Two lists in, pairs out: fixed defaults on lists of several kinds, held to figures."""

import csv
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from apps.catalog.matching import Item, match_lists
from apps.catalog.matching.brands import Brands
from apps.catalog.matching.conflicts import veto
from apps.catalog.matching.said import hear

from . import made

BOTH = ("Stellar", "Sable")
NOVA, NAMELESS = [Item(id="1", name="Nova")], [Item(id="2", name="")]
ABT_BUY = Path(__file__).parents[4] / "shared" / "data" / "matching" / "abt_buy"


def figures(lists):
    """(F1 of all pairs, precision and recall of the automatic band)."""
    pairs = match_lists(lists.left, lists.right)
    written = {(pair.left_id, pair.right_id) for pair in pairs}
    auto = {(pair.left_id, pair.right_id) for pair in pairs if pair.band == "auto"}
    f1 = 2 * len(written & lists.gold) / (len(written) + len(lists.gold))
    return f1, len(auto & lists.gold) / len(auto), len(auto & lists.gold) / len(lists.gold)


def abt_buy():
    if not ABT_BUY.is_dir():
        pytest.skip("Abt-Buy is not beside this checkout (shared/data/matching/abt_buy)")
    left, right, gold = (list(csv.DictReader((ABT_BUY / f"{name}.csv").open())) for name in ("left", "right", "gold"))
    gold = {(row["left_id"], row["right_id"]) for row in gold}
    return made.Lists(*([_item(row) for row in side] for side in (left, right)), gold)


def _item(row):
    price = Decimal(row["price"]) if row["price"] else None
    return Item(id=row["id"], name=row["name"], price=price, description=row["description"])


def test_abt_buy_without_labels():
    f1, precision, recall = figures(abt_buy())
    assert f1 >= 0.96
    assert precision >= 0.99
    assert recall >= 0.90


@pytest.mark.parametrize("columns", [True, False], ids=["brand columns", "names alone"])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_menu_beside_its_catalogue(seed, columns):
    f1, precision, recall = figures(made.cannabis(seed, 400, columns=columns))
    assert f1 >= 0.98
    assert precision >= 0.999
    assert recall >= 0.92


def test_electronics_with_codes():
    f1, precision, recall = figures(made.electronics(1, 500))
    assert f1 >= 0.93
    assert precision >= 0.98
    assert recall >= 0.80


def test_groceries_with_sizes():
    f1, precision, recall = figures(made.groceries(1))
    assert f1 >= 0.96
    assert precision >= 0.995
    assert recall >= 0.95


def test_no_pair_crosses_a_weight_a_count_or_a_unit():
    lists = made.cannabis(3, 300)
    left, right = ({item.id: item for item in side} for side in (lists.left, lists.right))
    pairs = match_lists(lists.left, lists.right)
    assert pairs
    for pair in pairs:
        one, other = (hear(item, Brands()) for item in (left[pair.left_id], right[pair.right_id]))
        assert veto(one, other) == ""


def test_the_pairs_are_the_same_whichever_list_comes_first():
    lists = made.electronics(4, 120)
    there = {(pair.left_id, pair.right_id, pair.band) for pair in match_lists(lists.left, lists.right)}
    back = {(pair.right_id, pair.left_id, pair.band) for pair in match_lists(lists.right, lists.left)}
    assert len(there & back) >= 0.99 * len(there)


def test_the_pairs_are_one_to_one_and_each_says_why():
    lists = made.groceries(2)
    pairs = match_lists(lists.left, lists.right)
    assert max(Counter(pair.left_id for pair in pairs).values()) == 1
    assert max(Counter(pair.right_id for pair in pairs).values()) == 1
    assert all(pair.why.endswith(".") and 0 < pair.score <= 100 for pair in pairs)


def test_the_why_names_brand_size_form_and_what_speaks_against():
    left = [Item(id="1", name="Jeeter - Infused Preroll - Nova (I) (1g)", brand="Jeeter")]
    right = [Item(id="2", name="Nova - Infused Pre-Roll 1 gram", brand="JEETER")]
    (pair,) = match_lists(left, right)
    assert pair.why == "Same brand Jeeter, 1 g, preroll; words agree 100; nothing speaks against it."
    assert pair.band == "auto"


def test_a_strain_that_two_brands_carry_waits_where_the_brand_is_dropped():
    right = [Item(id=brand, name=f"{brand} - Flower - Blue Dream 3.5g", brand=brand) for brand in ("Stellar", "Sable")]
    (pair,) = match_lists([Item(id="1", name="Flower - Blue Dream 3.5g")], right)
    assert pair.band == "review"


def test_resin_and_rosin_are_two_things():
    left = [Item(id="1", name="Jeeter - Live Resin Infused Cannon - Nova (1.3g)", brand="Jeeter")]
    right = [Item(id="2", name="Jeeter - Live Rosin Infused Cannon - Nova (1.3g)", brand="Jeeter")]
    assert [pair.band for pair in match_lists(left, right)] != ["auto"]


@pytest.mark.parametrize(("left", "right"), [([], []), (NOVA, []), (NAMELESS, NAMELESS)])
def test_lists_without_names_or_rows_give_no_pairs(left, right):
    assert match_lists(left, right) == []
