"""Exact keys before names, with care."""

from decimal import Decimal

from apps.catalog.matching import Item, match_lists

UPC, OTHER_UPC = "036000291452", "012345678905"


def test_a_upc_links_whatever_the_names_say():
    (pair,) = match_lists([Item(id="1", name="Nova", upc=UPC)], [Item(id="2", name="Kashmir", upc=f"0{UPC}")])
    assert (pair.tier, pair.band, pair.score) == ("upc", "auto", Decimal(100))


def test_a_upc_with_another_weight_waits():
    left, right = [Item(id="1", name="Nova 3.5g", upc=UPC)], [Item(id="2", name="Nova 7g", upc=UPC)]
    (pair,) = match_lists(left, right)
    assert (pair.tier, pair.band) == ("upc", "review")
    assert "3.5 g against 7 g" in pair.why


def test_a_upc_whose_check_digit_is_wrong_is_no_key():
    wrong = "036000291453"
    assert match_lists([Item(id="1", name="Nova", upc=wrong)], [Item(id="2", name="Kashmir", upc=wrong)]) == []


def test_a_sku_links_where_the_names_have_something_in_common():
    (pair,) = match_lists([Item(id="1", name="Nova flower", sku="0795")], [Item(id="2", name="Nova", sku="0795")])
    assert (pair.tier, pair.band) == ("sku", "auto")


def test_a_sku_reused_for_another_product_is_no_key():
    assert match_lists([Item(id="1", name="Nova", sku="795")], [Item(id="2", name="Rolling tray", sku="795")]) == []
    assert match_lists([Item(id="1", name="Nova 1g", sku="795")], [Item(id="2", name="Nova 7g", sku="795")]) == []


def test_a_sku_that_stands_twice_in_a_list_is_no_key():
    left = [Item(id="1", name="Nova flower", sku="795"), Item(id="2", name="Kashmir flower", sku="795")]
    (pair,) = match_lists(left, [Item(id="3", name="Kashmir flower", sku="795")])
    assert (pair.left_id, pair.tier) == ("2", "name")


def test_a_sku_waits_where_upcs_or_brands_differ():
    left = [Item(id="1", name="Nova flower", sku="795", upc=UPC)]
    (pair,) = match_lists(left, [Item(id="2", name="Nova flower", sku="795", upc=OTHER_UPC)])
    assert (pair.tier, pair.band) == ("sku", "review")
    left = [Item(id="1", name="Nova flower", sku="795", brand="Stellar")]
    (pair,) = match_lists(left, [Item(id="2", name="Nova flower", sku="795", brand="Sable")])
    assert (pair.band, pair.why) == ("review", "SKU 795 stands once in each list, but brands differ.")


def test_a_upc_that_stands_twice_in_a_list_is_no_key():
    left = [Item(id="1", name="Nova", upc=UPC), Item(id="2", name="Kashmir", upc=UPC)]
    assert match_lists(left, [Item(id="3", name="Rolling tray", upc=UPC)]) == []
