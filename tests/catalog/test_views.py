"""The catalog's pages: who sees what, what filters leave, and what a page says when there is nothing or it is old."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.catalog.models import Product, ShelfLine, StockChange, StockItem
from apps.core.models import StreamTopic
from apps.core.scope import everyone
from tests import make

PATH = "/portal/catalog/"


@pytest.fixture
def shelf(cast):
    """The wholesaler's shelf with four products, read well a minute ago."""
    at = {"location": cast.place}
    owner = {"organization": cast.wholesaler}
    day = timezone.now().date()
    make.run(location=cast.place)
    night = make.product(name="Night Bus (I)", sku="HL-1001", brand="Halide Labs", category="Live resin", **owner)
    make.stock(product=night, price="18.42", quantity="3", expires_date=day + timedelta(days=200), **at)
    make.stock(product=night, price="17.50", quantity="9", expires_date=day + timedelta(days=100), **at)
    slate = make.product(name="Blue Slate", sku="CH-0351", brand="Cinder Hollow", category="Flower", **owner)
    make.stock(product=slate, price="11.40", quantity="36", expires_date=day + timedelta(days=30), **at)
    lemon = make.product(name="Lemon Static", sku="PL-0525", brand="Paper Lantern", category="Pre-rolls", **owner)
    make.stock(product=lemon, price="9.20", quantity="2", **at)
    tide = make.product(name="Low Tide Lemon", sku="TF-0353", strain="Harbor", category="Flower", **owner)
    make.stock(product=tide, price="12.60", quantity="0", **at)
    return cast


def page(client, query="", **headers):
    answer = client.get(PATH + query, **headers)
    assert answer.status_code == 200, answer.content[:300]
    return answer.content.decode()


def names(answer) -> list[str]:
    return [line.product.name for line in answer.context["rows"]]


def test_an_anonymous_person_is_sent_to_sign_in(client):
    answer = client.get(PATH)

    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next={PATH}"


def test_a_connected_retailer_sees_the_wholesalers_shelf(shelf, client_of):
    answer = client_of(shelf.buyer).get(PATH)

    assert names(answer) == ["Blue Slate", "Lemon Static", "Low Tide Lemon", "Night Bus (I)"]
    assert "4 products from Northlight Supply Co. at Northlight, Holland" in answer.content.decode()


def test_a_wholesalers_own_people_see_their_own_shelf(shelf, client_of):
    answer = client_of(shelf.seller).get(PATH)

    assert len(names(answer)) == 4
    assert "4 products of yours at Northlight, Holland" in answer.content.decode()


def test_a_stranger_is_told_that_nobody_is_connected(shelf, client_of):
    text = page(client_of(shelf.outsider))

    assert "No wholesaler is connected yet" in text
    assert "Blue Slate" not in text


def test_a_person_without_organization_is_told_so(db, client_of):
    assert "You work for no organization yet" in page(client_of(make.user()))


def test_a_stranger_asking_for_the_wholesalers_location_gets_404(shelf, client_of):
    client = client_of(shelf.outsider)
    other = make.organization(side="wholesaler")
    make.location(organization=other, slug="theirs")
    make.connection(other, shelf.stranger)

    assert client.get(f"{PATH}?location=theirs").status_code == 200
    assert client.get(f"{PATH}?location={shelf.place.slug}").status_code == 404


def test_a_stranger_asking_for_the_wholesalers_product_gets_404(shelf, client_of):
    with everyone("test"):
        product = Product.objects.get(sku="HL-1001")

    assert client_of(shelf.buyer).get(f"{PATH}{product.pk}/").status_code == 200
    assert client_of(shelf.outsider).get(f"{PATH}{product.pk}/").status_code == 404


def test_a_retailers_own_shelf_is_not_offered_to_itself(shelf, client_of):
    site = make.location(organization=shelf.retailer, name="Eastown")
    make.stock(location=site, product=make.product(organization=shelf.retailer, name="Own goods"))

    assert "Own goods" not in page(client_of(shelf.buyer))


def test_an_unlisted_product_is_not_shown_not_even_to_its_own_people(shelf, client_of):
    with everyone("test"):
        Product.objects.filter(sku="HL-1001").update(is_listed=False)

    for person in (shelf.buyer, shelf.seller):
        assert "Night Bus" not in page(client_of(person))


def test_only_open_places_of_wholesalers_offer_anything(shelf, scoped):
    site = make.location(organization=shelf.retailer)
    make.stock(location=site, product=make.product(organization=shelf.retailer))
    closed = make.location(organization=shelf.wholesaler, is_active=False)
    make.stock(location=closed, product=make.product(organization=shelf.wholesaler))

    with scoped(shelf.buyer):
        assert ShelfLine.objects.count() == 6
        assert set(ShelfLine.objects.offered().values_list("location", flat=True)) == {shelf.place.pk}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?q=lemon", ["Lemon Static", "Low Tide Lemon"]),
        ("?q=hl-1001", ["Night Bus (I)"]),
        ("?q=halide+bus", ["Night Bus (I)"]),
        ("?q=harbor", ["Low Tide Lemon"]),
        ("?stock=in", ["Blue Slate", "Lemon Static", "Night Bus (I)"]),
        ("?stock=out", ["Low Tide Lemon"]),
        ("?stock=in&stock=out", ["Blue Slate", "Lemon Static", "Low Tide Lemon", "Night Bus (I)"]),
        ("?price_from=11.40&price_to=17.5", ["Blue Slate", "Night Bus (I)"]),
        ("?best_before=60", ["Night Bus (I)"]),
        ("?best_before=60&best_before=120", []),
        ("?sort=price&stock=in", ["Lemon Static", "Blue Slate", "Night Bus (I)"]),
        ("?sort=-price&stock=in", ["Night Bus (I)", "Blue Slate", "Lemon Static"]),
        ("?sort=-stock", ["Blue Slate", "Night Bus (I)", "Lemon Static", "Low Tide Lemon"]),
        ("?sort=best-before&stock=in", ["Blue Slate", "Night Bus (I)", "Lemon Static"]),
        ("?sort=-best-before&stock=in", ["Night Bus (I)", "Blue Slate", "Lemon Static"]),
    ],
)
def test_filters_and_sorts_leave_what_they_say(shelf, client_of, query, expected):
    assert names(client_of(shelf.buyer).get(PATH + query)) == expected


def test_facets_count_what_choosing_them_would_leave(shelf, client_of):
    answer = client_of(shelf.buyer).get(f"{PATH}?stock=in&brand=0")
    figures, facets = answer.context["figures"], answer.context["facets"]
    with_brands = {row["word"]: row["count"] for row in facets["brand"]}

    assert (figures["all"], figures["found"], figures["stock_in"]) == (4, 0, 0)
    assert with_brands == {"Cinder Hollow": 1, "Halide Labs": 1, "Paper Lantern": 1}
    assert {row["word"]: row["count"] for row in facets["category"]} == {"Flower": 0, "Live resin": 0, "Pre-rolls": 0}


@pytest.mark.parametrize(
    "query",
    [
        "?price_from=abc",
        "?price_from=-1",
        "?price_from=NaN",
        "?price_to=1e400",
        "?price_from=20&price_to=10",
        "?stock=much",
        "?category=%00",
        "?category=99999999999999999999999",
        "?brand=-1",
        "?best_before=soon",
        "?sort=colour",
        "?q=%00",
        "?q=" + "x" * 500,
        "?cursor=nonsense",
        "?cursor=nWyJcdTAwMDAiLCJ4Il0",
        "?cursor=n" + "A" * 3000,
        "?location=%00",
    ],
)
def test_a_value_that_cannot_be_read_never_breaks_the_page(shelf, client_of, query):
    answer = client_of(shelf.buyer).get(PATH + query)

    assert answer.status_code == (404 if "location" in query else 200)


def test_a_bad_price_is_said_beside_its_field_and_keeps_its_text(shelf, client_of):
    text = page(client_of(shelf.buyer), "?price_from=cheap&q=lemon")

    assert "Write a price as a number, such as 12.50." in text
    assert 'value="cheap"' in text
    assert "Low Tide Lemon" in text
    assert "Blue Slate" not in text


def test_each_filter_that_is_on_has_a_chip_that_takes_off_only_itself(shelf, client_of):
    answer = client_of(shelf.buyer).get(f"{PATH}?q=lemon&stock=in&stock=out&sort=price")
    chips = {chip.text: chip.without for chip in answer.context["chips"]}

    assert chips["In stock"] == "?q=lemon&stock=out&sort=price"
    assert chips["“lemon”"] == "?stock=in&stock=out&sort=price"
    assert answer.context["clear_url"] == "?sort=price"


def test_paging_to_the_end_and_back_shows_every_row_once(shelf, client_of, monkeypatch):
    monkeypatch.setattr("apps.catalog.views.shelf.SIZE", 3)
    for number in range(8):
        make.stock(location=shelf.place, product=make.product(organization=shelf.wholesaler, name=f"Same {number % 2}"))
    client = client_of(shelf.buyer)

    for sort in ("name", "price", "-price", "-stock", "best-before"):
        forward, pages, query = [], [], f"?sort={sort}"
        while query:
            answer = client.get(PATH + query)
            pages.append([line.pk for line in answer.context["rows"]])
            forward += pages[-1]
            last, query = answer, answer.context["next"]
        assert len(forward) == len(set(forward)) == 12
        backward = [pages[-1]]
        while query := last.context["previous"]:
            last = client.get(PATH + query)
            backward.insert(0, [line.pk for line in last.context["rows"]])
        assert backward == pages


def test_the_number_of_queries_does_not_grow_with_the_rows(shelf, client_of):
    client = client_of(shelf.buyer)
    counts = []
    for more in (1, 55):
        for _ in range(more):
            make.stock(location=shelf.place, product=make.product(organization=shelf.wholesaler, category=f"C{_}"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(PATH).status_code == 200
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 25, counts


def test_low_and_no_stock_are_said_in_words(shelf, client_of):
    text = page(client_of(shelf.buyer))

    assert '<span data-v="quantity" data-say="2 units">2</span> units left' in text
    assert '<span data-v="quantity" data-say="none">None</span>' in text
    assert '<span data-v="quantity" data-say="36 units">36</span> units' in text


def test_the_price_is_that_of_the_batch_that_expires_first_and_the_others_stand_beside_it(shelf, client_of):
    answer = client_of(shelf.buyer).get(f"{PATH}?q=night")
    (line,) = answer.context["rows"]

    assert line.price == Decimal("17.50")
    assert line.price_why["reason"] == "The price of the batch that expires first."
    assert [step["amount"] for step in line.price_why["steps"]] == ["$17.50", "$18.42", "$17.50"]
    assert line.price_why["source"].startswith("Dutchie POS price, Northlight, Holland · as of ")


@pytest.mark.parametrize(
    ("minutes", "state", "said"),
    [(5, "fresh", "As of"), (25, "stale", "This shelf is from"), (90, "away", "Stock and prices are unknown since")],
)
def test_the_page_says_how_far_its_shelf_may_be_trusted(cast, client_of, minutes, state, said):
    make.stock(location=cast.place)
    make.run(location=cast.place, started_at=timezone.now() - timedelta(minutes=minutes))
    make.run(location=cast.place, state="failed")
    answer = client_of(cast.buyer).get(PATH)

    assert answer.context["standing"].state == state
    assert said in answer.content.decode()


def test_an_unknown_stock_keeps_its_last_value_with_its_time(cast, client_of):
    make.stock(location=cast.place, quantity="7")
    make.run(location=cast.place, started_at=timezone.now() - timedelta(minutes=90))
    make.run(location=cast.place, state="failed")
    text = " ".join(page(client_of(cast.buyer)).split())

    assert "unknown</span>" in text
    assert 'last known <span data-v="quantity" data-say="7 units">7</span> units at <time' in text


def test_a_shelf_that_was_never_read_is_not_called_empty(cast, client_of):
    text = page(client_of(cast.buyer))

    assert "Nothing has been read yet" in text
    assert "This shelf is empty" not in text


def test_no_match_offers_the_nearest_name_and_what_each_filter_hides(shelf, client_of):
    text = " ".join(page(client_of(shelf.buyer), "?q=blu+slaet&stock=in").split())

    assert "No product matches both filters" in text
    assert "Did you mean" in text
    assert ">Blue Slate</a>?" in text
    assert 'Without “blu slaet” there are <a href="?stock=in">3 products</a>' in text


def test_a_fragment_is_the_same_rows_without_the_page_around(shelf, client_of):
    StreamTopic.objects.create(topic=f"inventory.{shelf.place.pk}", seq=41)
    client = client_of(shelf.buyer)
    whole, part = page(client, "?q=lemon"), page(client, "?q=lemon", headers={"X-Fragment": "1"})

    assert "<html" in whole
    assert "<html" not in part
    for text in (whole, part):
        assert f'data-topic="inventory.{shelf.place.pk}"' in text
        assert 'data-fragment="/portal/catalog/?q=lemon"' in text
        assert 'data-seq="41"' in text
        assert 'data-part="fresh"' in text


def test_several_locations_are_a_choice(shelf, client_of):
    second = make.location(organization=shelf.wholesaler, name="Northlight, Lansing", slug="lansing")
    make.stock(location=second, product=make.product(organization=shelf.wholesaler, name="Only in Lansing"))
    client = client_of(shelf.buyer)

    assert "Only in Lansing" not in page(client)
    assert names(client.get(f"{PATH}?location=lansing")) == ["Only in Lansing"]


def test_what_a_pos_writes_is_shown_as_text_and_never_run(cast, client_of):
    product = make.product(organization=cast.wholesaler, name="<script>alert(1)</script>", brand="<b>x</b>")
    make.stock(location=cast.place, product=product, lab_url="javascript:alert(1)", lab_status="<i>")
    client = client_of(cast.buyer)

    for text in (page(client), page(client, f"{product.pk}/")):
        assert "<script>alert" not in text
        assert "<b>x</b>" not in text
        assert "javascript:" not in text


def test_a_products_page_shows_its_batches_in_the_order_they_are_taken(shelf, client_of):
    with everyone("test"):
        product = Product.objects.get(sku="HL-1001")
        StockItem.objects.filter(product=product, price="17.50").update(
            tag="1A4050300009412",
            labs=[{"test": "THC", "value": "79.3", "unit": "%"}],
            lab_url="https://labs.test/1.pdf",
        )
    answer = client_of(shelf.buyer).get(f"{PATH}{product.pk}/")
    text = answer.content.decode()

    assert [batch.price for batch in answer.context["batches"]] == [Decimal("17.5"), Decimal("18.42")]
    for shown in ("1A4050300009412", "79.3 %", "https://labs.test/1.pdf"):
        assert shown in text


def test_costs_are_never_on_a_page(cast, client_of):
    item = make.stock(location=cast.place, unit_cost=Decimal("3.21"))

    for person in (cast.buyer, cast.seller):
        assert "3.21" not in page(client_of(person), f"{item.product_id}/")


def test_how_stock_moved_is_shown_to_the_sellers_own_people_alone(cast, client_of):
    item, run = make.stock(location=cast.place, quantity="7"), make.run(location=cast.place)
    with everyone("test"):
        for old, new in (("", "12"), ("12", "9"), ("9", "7")):
            StockChange.objects.create(
                organization=cast.wholesaler,
                run=run,
                location_id=cast.place.pk,
                product_id=item.product_id,
                inventory_id=item.inventory_id,
                name="Blue",
                field="new" if not old else "quantity",
                old=old,
                new=new,
                at=timezone.now(),
            )
    own = client_of(cast.seller).get(f"{PATH}{item.product_id}/")
    theirs = client_of(cast.buyer).get(f"{PATH}{item.product_id}/")

    assert [point["level"] for point in own.context["history"]["points"]] == [12, 9, 7]
    assert "Stock fell from 12 to 7 over the last 3 changes" in own.content.decode()
    assert theirs.context["history"] is None


def test_a_line_without_price_or_date_is_a_dash(cast, client_of):
    line = make.shelf_line(location=cast.place)
    with everyone("test"):
        ShelfLine.objects.filter(pk=line.pk).update(price=None, best_before_date=None, quantity=0)

    assert "—" in page(client_of(cast.buyer))


@pytest.fixture
def listed(shelf):
    """Night Bus by the retailer's list, $8.00 and $7.50 from 48, in cases of 24; Blue Slate from 12 on alone."""
    with everyone("test"):
        night, slate = (Product.objects.get(sku=sku) for sku in ("HL-1001", "CH-0351"))
    rows = [(night, 0, "8.00"), (night, 48, "7.50"), (slate, 12, "1.00")]
    make.price_list(seller=shelf.wholesaler, buyers=[shelf.retailer], name="Eastown 2026", rows=rows)
    make.price_list(seller=shelf.wholesaler, buyers=[shelf.stranger], rows=[(night, 0, "6.66")])
    make.pack(product=night, multiple="24")
    return shelf


def test_a_buyer_sees_the_price_of_its_list_its_ladder_and_the_pack(listed, client_of):
    answer = client_of(listed.buyer).get(PATH)
    rows = {line.product.name: line for line in answer.context["rows"]}
    text = answer.content.decode()

    assert (rows["Night Bus (I)"].each, rows["Blue Slate"].each) == (Decimal("8.00"), Decimal("11.40"))
    assert rows["Night Bus (I)"].price_why["reason"] == "Tier 1 of 2 on your price list"
    assert rows["Night Bus (I)"].price_why["source"] == "Price list “Eastown 2026”"
    for told in ("$8.00", "$7.50 from 48", "cases of 24", "$1.00 from 12"):
        assert told in text
    assert "6.66" not in text


def test_sorts_and_filters_go_by_the_price_that_is_shown(listed, client_of):
    client = client_of(listed.buyer)

    assert names(client.get(f"{PATH}?sort=price&stock=in")) == ["Night Bus (I)", "Lemon Static", "Blue Slate"]
    assert names(client.get(f"{PATH}?sort=-price&stock=in")) == ["Blue Slate", "Lemon Static", "Night Bus (I)"]
    found = client.get(f"{PATH}?price_to=8")
    assert names(found) == ["Night Bus (I)"]
    assert (found.context["figures"]["found"], found.context["facets"]["brand"][1]["count"]) == (1, 1)


def test_the_sellers_own_people_see_the_shelfs_price(listed, client_of):
    rows = {line.product.name: line for line in client_of(listed.seller).get(PATH).context["rows"]}

    assert rows["Night Bus (I)"].each == Decimal("17.50")
    assert rows["Night Bus (I)"].offer.multiple == 24


def test_the_products_page_tells_the_same_price_and_pack(listed, client_of):
    with everyone("test"):
        night = Product.objects.get(sku="HL-1001")

    text = page(client_of(listed.buyer), f"{night.pk}/")

    for told in ("$8.00", "$7.50 from 48", "Case of", "Price list “Eastown 2026”"):
        assert told in text
