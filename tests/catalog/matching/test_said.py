"""What a row says besides its size: brand, form, strain type, codes, words."""

import pytest

from apps.catalog.matching import Item
from apps.catalog.matching.brands import Brands
from apps.catalog.matching.codes import PART, SIBLINGS, STRANGERS, WHOLE, agreement, variant
from apps.catalog.matching.rarity import Rarity
from apps.catalog.matching.said import codes, hear
from apps.catalog.matching.text import fold


@pytest.fixture
def brands():
    known = Brands()
    columns = [
        "TRU-Infusion",
        "Connected Cannabis Co.",
        "Mint Cannabis",
        "Alien Labs",
        "Jeeter",
        "No Brand",
        "Grön",
        "BB",
    ]
    known.learn(columns, [])
    return known


@pytest.mark.parametrize(
    ("column", "name", "brand"),
    [
        ("", "Tru Infusion - Batter - Memory loss (H) (1.0g)", "truinfusion"),
        ("", "Connected - Flower Smalls - Ghost OG (H) (14.0g)", "connected"),
        ("MC", "Shake - Slappy Gilmore (I) (14.0g)", "mint"),
        ("", "Baklava | Flower | ALIEN-LABS | 3.5g", "alienlabs"),
        ("Baked Bros", "Gummies 100mg", "bb"),
        ("Jeetr", "Nova (I) (1.3g)", "jeeter"),
        ("Gron", "MEGA 1:1 - Blackberry", "gron"),
        ("No Brand", "Kandy Kush (H) - Bulk Popcorn", ""),
        ("Wyld", "Gummies 100mg", "wyld"),
    ],
)
def test_a_brand_is_known_by_its_spellings(brands, column, name, brand):
    assert hear(Item(id="1", name=name, brand=column), brands).brand == brand


def test_brands_are_learned_from_how_names_begin_where_no_column_tells_them():
    learned = Brands()
    learned.learn(
        [], [fold(f"Sony {word} Turntable") for word in ("black", "white", "red")] + ["flower - nova", "belt"]
    )
    assert set(learned.keys) == {"sony"}


def test_form_and_strain_type_are_heard_and_leave_the_words_that_tell_apart(brands):
    row = hear(Item(id="1", name="Jeeter - Infused Pre-Roll - Nova (I) (1.3g)"), brands)
    assert row.forms == {"preroll"}
    assert row.strain_type == "I"
    assert row.words == ("infused", "preroll", "nova")


def test_a_size_column_speaks_where_the_name_is_silent(brands):
    assert hear(Item(id="1", name="Blue Dream", size="3.5 g"), brands).amounts.mass == {3_500_000}


def test_codes_are_found_squeezed_and_figures_with_a_unit_are_none():
    text = "denon dvd-3800bdci player 1080p 40gb 10-cup 7.1 - 2595b002(aa) 1920x1080"
    assert codes(text) == ("dvd3800bdci", "2595b002")


@pytest.mark.parametrize(
    ("one", "other", "met"),
    [
        ("Denon Player - DVD3800BDCI", "Denon DVD-3800BDCI Blu-ray", WHOLE),
        ("Sony Tape - DVM63HD", "Sony DVM-63 HD miniDV", WHOLE),
        ("Canon Ink - CLI8C", "Canon CLI-8 Red Ink", PART),
        ("Orion Headphones - KD8217W", "Orion KD 8217 Headphones", PART),
        ("Canon Vixia HF10", "Canon Vixia HF100", SIBLINGS),
        ("Samsung HDTV LN52A750", "Samsung HDTV LN52A860", SIBLINGS),
        ("Canon EOS - EOS40DBODY", "Canon EOS - 1901B004", STRANGERS),
        ("Sony Turntable", "Sony Turntable PSLX350H", ""),
    ],
)
def test_model_numbers_meet_whole_in_part_or_not_at_all(one, other, met):
    rows = [hear(Item(id="1", name=name), Brands()) for name in (one, other)]
    rarity = Rarity([*rows, *(hear(Item(id="2", name=f"filler{number}"), Brands()) for number in range(50))])
    assert agreement(*rows, rarity)[1] == met
    assert agreement(*reversed(rows), rarity)[1] == met


def test_a_variant_differs_in_letters_at_its_end_alone():
    assert variant("yps2zw", "yps2zg") > 0.8
    assert variant("ln52a750", "ln52a860") == 0
    assert variant("abcdef", "abcdeg") == 0
