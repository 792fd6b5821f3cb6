"""A catalogue asked by name."""

from apps.catalog.matching import Item, Names

from . import made

SHELF = [
    Item(id="1", name="Jeeter - Infused Preroll - Nova (I) (1g)", brand="Jeeter"),
    Item(id="2", name="Jeeter - Infused Preroll - Nova (I) 5pk (2.5g)", brand="Jeeter"),
    Item(id="3", name="Jeeter - Infused Preroll - Kashmir (I) (1g)", brand="Jeeter"),
    Item(id="4", name="Stellar - Flower - Nova (I) (3.5g)", brand="Stellar"),
]


def answer(name, brand="", shelf=SHELF):
    (one,) = Names(shelf).best([Item(id="?", name=name, brand=brand)])
    return one.band, [found.item.id for found in one.candidates]


def test_the_same_words_in_another_order_with_a_slip_link_by_themselves():
    assert answer("Nvoa | Infused Pre-Roll | 1 gram", "JEETER") == ("auto", ["1"])


def test_the_pack_is_not_the_single():
    assert answer("Jeeter Nova Infused Preroll 5 x 0.5g", "Jeeter") == ("auto", ["2"])


def test_another_strain_of_the_brand_is_not_linked():
    band, candidates = answer("Jeeter - Infused Preroll - Zkittlez (1g)", "Jeeter")
    assert band != "auto"
    assert "2" not in candidates


def test_a_size_the_brand_does_not_have_is_new():
    assert answer("Jeeter - Infused Preroll - Nova (2g)", "Jeeter") == ("", [])


def test_a_strain_of_two_brands_without_its_brand_is_found_and_waits():
    band, candidates = answer("Flower - Nova 3.5g")
    assert candidates[:1] == ["4"]
    assert band == "review"


def test_a_row_of_ours_without_a_brand_is_found_too():
    band, candidates = answer("Nova flower 3.5g", "Jeeter", shelf=[Item(id="5", name="Nova flower 3.5g")])
    assert candidates == ["5"]


def test_an_empty_catalogue_knows_nothing():
    assert answer("Nova 1g", "Jeeter", shelf=[]) == ("", [])
    assert answer("Nova 1g", shelf=[]) == ("", [])


def test_what_is_added_later_is_found():
    names = Names(SHELF[:1])
    names.best([Item(id="?", name="something of no brand")])
    names.add(SHELF[1:])
    (one,) = names.best([Item(id="?", name="Flower - Nova 3.5g", brand="Stellar")])
    assert one.candidates[0].item.id == "4"


def test_a_menu_is_answered_without_a_wrong_link():
    lists = made.cannabis(6, 300, dropped=0.0)
    truth = dict(lists.gold)
    answers = zip(lists.left, Names(lists.right).best(lists.left), strict=True)
    auto = [(item.id, one) for item, one in answers if one.band == "auto"]
    right = sum(truth.get(left) == one.candidates[0].item.id for left, one in auto)
    assert right / len(auto) >= 0.999
    assert right / len(truth) >= 0.92


def test_cart_and_cartridge_are_one_word_but_badder_and_shatter_are_two():
    shelf = [
        Item(id="1", name="Stellar - Live Resin Cartridge - Nova (1g)", brand="Stellar"),
        Item(id="2", name="Stellar - Badder - Kashmir (1g)", brand="Stellar"),
    ]
    assert answer("Nova Live Resin Cart 1000mg", "Stellar", shelf) == ("auto", ["1"])
    assert answer("Kashmir Shatter 1g", "Stellar", shelf)[0] != "auto"
