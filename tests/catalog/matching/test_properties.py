"""Whatever text comes: no crash, the same answer both ways, and a veto never broken."""

from hypothesis import given, settings
from hypothesis import strategies as st

from apps.catalog.matching import Item, Names, match_lists
from apps.catalog.matching.brands import Brands
from apps.catalog.matching.conflicts import veto
from apps.catalog.matching.likeness import compare
from apps.catalog.matching.rarity import Rarity
from apps.catalog.matching.said import hear
from apps.catalog.matching.score import score

PIECES = ["3.5g", "7 g", "1/8 oz", "Eighth", "5pk", "10mg", "100 mg", "1:1", "Blue Dream", "Jeeter", "preroll", "(I)"]
PIECES += ["DVD-3800BDCI", "cli-8", "42'", "|", "-", "x", "½ Gram", "pack of 6", ".5g x 5", "1/0 oz", "-5g", "/", "AIO"]
NAMES = st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=7).map(" ".join))
ITEMS = st.lists(st.tuples(NAMES, st.sampled_from(["", "Jeeter", "jeeter co", "No Brand"])), max_size=6)


def rows(pairs, mark):
    return [Item(id=f"{mark}{at}", name=name, brand=brand) for at, (name, brand) in enumerate(pairs)]


@settings(deadline=None, max_examples=150)
@given(ITEMS, ITEMS)
def test_any_two_lists_give_pairs_one_to_one_that_break_no_veto(left, right):
    left, right = rows(left, "L"), rows(right, "R")
    known = {item.id: item for item in (*left, *right)}
    pairs = match_lists(left, right)
    assert len({pair.left_id for pair in pairs}) == len({pair.right_id for pair in pairs}) == len(pairs)
    for pair in pairs:
        assert veto(*(hear(known[number], Brands()) for number in (pair.left_id, pair.right_id))) == ""


@settings(deadline=None, max_examples=150)
@given(NAMES, NAMES)
def test_likeness_is_the_same_both_ways(one, other):
    heard = [hear(Item(id="1", name=name), Brands()) for name in (one, other)]
    rarity = Rarity(heard)
    there, back = compare(*heard, 0.5, rarity), compare(*reversed(heard), 0.5, rarity)
    assert abs(score(there) - score(back)) < 1e-9
    assert there.veto == back.veto
    assert 0 <= score(there) <= 1


@settings(deadline=None, max_examples=100)
@given(ITEMS, ITEMS)
def test_a_catalogue_answers_any_name(known, asked):
    answers = Names(rows(known, "K")).best(rows(asked, "A"))
    assert len(answers) == len(asked)
    assert all(answer.band in ("auto", "review", "") for answer in answers)
