"""The catalog's page is drawn once for all who would see the same, and anew the moment anything it shows changes."""

import re
import zlib
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.conf import settings as project
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from apps.accounts.models import Connection, Location, Membership, Notification, Organization, User
from apps.catalog.models import (
    Brand,
    Category,
    PackRule,
    PriceList,
    PriceListBuyer,
    PriceRow,
    Product,
    ShelfLine,
    StockItem,
)
from apps.core import fast, kept
from apps.core.models import StreamTopic, SyncRun
from apps.core.push import push
from apps.core.scope import everyone
from tests import make

pytestmark = pytest.mark.django_db
PATH = "/portal/catalog/"
PAGE = "catalog/list.html"
TOKEN = re.compile(r'(?<=name="csrfmiddlewaretoken" value=")[^"]+')


@pytest.fixture(autouse=True)
def redis_is_asked(monkeypatch):
    """Whatever a test before did to it."""
    monkeypatch.setattr(fast, "_quiet_until", 0.0)


@pytest.fixture
def shelf(cast):
    """Two products, of which one has a price list's price for the retailer."""
    make.run(location=cast.place)
    make.location(organization=cast.retailer, name="Juniper, Eastown", zone="UTC")
    night = make.product(name="Night Bus", sku="HL-1", brand="Halide", category="Resin", organization=cast.wholesaler)
    slate = make.product(name="Blue Slate", sku="CH-3", brand="Cinder", category="Flower", organization=cast.wholesaler)
    make.stock(location=cast.place, product=night, price="18.42", quantity="30")
    make.stock(location=cast.place, product=slate, price="11.40", quantity="36")
    make.price_list(
        seller=cast.wholesaler, buyers=[cast.retailer], rows=[(night, 0, "17.50"), (night, 10, "16.25")], priority=5
    )
    make.pack(product=slate, multiple="6")
    with everyone("test"):
        PackRule.objects.create(
            organization=cast.wholesaler, product=night, price_list=PriceList.objects.get(), multiple=Decimal(12)
        )
    return cast


def read(client, query="", **headers):
    answer = client.get(PATH + query, **headers)
    assert answer.status_code == 200, answer.content[:300]
    return answer


def is_drawn(answer) -> bool:
    """Whether the list was drawn for this very request."""
    return bool({PAGE, "catalog/_parts.html"} & {template.name for template in answer.templates})


def kept_now(client, query="", **headers):
    """The page once it is kept: read twice."""
    read(client, query, **headers)
    answer = read(client, query, **headers)
    assert not is_drawn(answer)
    return answer


def text(answer) -> str:
    return answer.content.decode()


def test_a_page_read_again_is_the_same_page_and_is_not_drawn_again(shelf, client_of):
    client = client_of(shelf.buyer)

    with time_machine.travel(timezone.now(), tick=False):
        first, again = read(client), read(client)

    assert (is_drawn(first), is_drawn(again)) == (True, False)
    assert _plain(first) == _plain(again)
    assert "Night Bus" in text(again)
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"] == "private, no-cache"
    assert "Content-Security-Policy" in again.headers


def _plain(answer) -> str:
    """Without the token, which is masked anew each time."""
    return TOKEN.sub("", text(answer))


def queries_of(client) -> list[str]:
    """Those of a page that is kept, in order; signing in takes those before the first of the catalog's."""
    kept_now(client)
    with CaptureQueriesContext(connection) as made:
        assert not is_drawn(read(client))
        found = [query["sql"] for query in made.captured_queries if "set_config" not in query["sql"]]
    first = next(number for number, sql in enumerate(found) if "catalog_shelfline" in sql)
    return found[first:]


def test_its_queries_are_few_and_do_not_grow(shelf, client_of):
    client = client_of(shelf.buyer)
    small = queries_of(client)
    for _ in range(60):
        make.stock(location=shelf.place, product=make.product(organization=shelf.wholesaler))
    large = queries_of(client)

    assert len(small) == len(large) == 2  # what the page stands on; the draft bar
    assert len(queries_of(client_of(shelf.seller))) == 1


def test_colleagues_share_the_page_and_each_reads_their_own_name_token_and_news(shelf, client_of):
    other = make.user(email="second@juniper.test", at=shelf.retailer, role="buyer", name="Second Person")
    kept_now(client_of(shelf.buyer))
    client = client_of(other, enforce_csrf_checks=True)
    with everyone("test"):
        Notification.objects.create(
            user=other, organization=shelf.retailer, kind="order", channel="in_app", title="One", at=timezone.now()
        )

    answer = read(client)

    assert not is_drawn(answer)
    assert "second@juniper.test" in text(answer)
    assert "buyer@juniper.test" not in text(answer)
    assert '<span data-part="bell">1<' in text(answer)
    token = TOKEN.search(text(answer))[0]
    posted = {"place": shelf.place.pk, "sku": "HL-1", "q-HL-1": "12", "next": PATH, "csrfmiddlewaretoken": token}
    assert client.post("/portal/orders/add/", posted).status_code == 302
    after = read(client)
    assert "Draft" in text(after)
    assert not is_drawn(after)  # what was added stands in the bar and the messages, which are nobody else's
    assert "12 units" in text(after)
    make.connection(shelf.wholesaler, shelf.stranger)
    assert "12 units" not in text(read(client_of(shelf.outsider)))  # a draft is its company's


def test_what_is_kept_names_no_person_and_holds_no_token(shelf, client_of):
    answer = kept_now(client_of(shelf.buyer))

    values = fast.ask(
        "test", lambda redis: [redis.get(key) for key in redis.scan_iter(f"{project.REDIS_PREFIX}page:*")]
    )
    pages = [zlib.decompress(value).decode(errors="replace") for value in values]
    mine = [page for page in pages if "Night Bus" in page and str(shelf.place.pk) in page]
    assert mine
    assert not any(shelf.buyer.email in page or "csrfmiddlewaretoken" in page for page in mine)
    assert shelf.buyer.email in text(answer)
    assert "csrfmiddlewaretoken" in text(answer)


@pytest.mark.parametrize("template", ["_themes.html", "_messages.html"])
def test_what_is_one_readers_own_cannot_be_kept_by_mistake(shelf, rf, template):
    request = rf.get(PATH)
    request.user, request.COOKIES["theme"] = shelf.buyer, ""

    with pytest.raises(RuntimeError, match="one's own"):
        kept.page(request, template, audience=(), draw=dict, own={})


@pytest.mark.parametrize("turned", [False, True])
def test_two_buyers_never_see_each_others_prices(shelf, client_of, turned):
    rival = make.organization(side="retailer", name="Third Coast")
    make.connection(shelf.wholesaler, rival)
    with everyone("test"):
        night = Product.objects.get(sku="HL-1")
    make.price_list(seller=shelf.wholesaler, buyers=[rival], rows=[(night, 0, "13.31")])
    readers = [(shelf.buyer, "17.50", "13.31"), (make.user(at=rival, role="buyer"), "13.31", "17.50")]

    for person, mine, theirs in (readers[::-1] if turned else readers) * 2:
        answer = text(read(client_of(person)))
        assert f"${mine}" in answer
        assert f"${theirs}" not in answer


def test_two_organizations_that_pay_alike_still_have_pages_of_their_own(shelf, client_of):
    make.connection(shelf.wholesaler, shelf.stranger)
    make.connection(shelf.wholesaler, other := make.organization(side="retailer", name="Third Coast"))
    kept_now(client_of(shelf.outsider))

    assert is_drawn(read(client_of(make.user(at=other, role="buyer"))))


def _change(table, **values):
    """By the barest way there is: what `save` and the verbs do beside it plays no part."""
    return lambda cast: table.objects.all().update(**values)


def _end_list(cast):
    PriceList.objects.update(ends_date=timezone.now().date() - timedelta(days=1))


def _add_list(cast):
    make.price_list(
        seller=cast.wholesaler, buyers=[cast.retailer], rows=[(Product.objects.get(sku="CH-3"), 0, "9.99")], priority=9
    )


def _rename_seller(cast):
    Organization.objects.filter(pk=cast.wholesaler.pk).update(name="Southlight")


def _settle(cast):
    """Another role that may not order."""
    member = Membership.objects.get(user=cast.buyer)
    member.role, member.roles = "viewer", []
    member.save()


CHANGES = {
    "stock": (_change(ShelfLine, quantity=7777), "7,777"),
    "what is promised": (_change(ShelfLine, held=3), None),
    "a price": (_change(ShelfLine, price=Decimal("12.34")), "$12.34"),
    "a name": (_change(Product, name="Day Bus"), "Day Bus"),
    "unlisting": (lambda cast: Product.objects.filter(sku="HL-1").update(is_listed=False), "1 product from"),
    "a brand": (lambda cast: Brand.objects.filter(name="Halide").update(name="Halogen"), "Halogen"),
    "a drawing": (_change(Category, form="can"), "#p-can"),
    "a batch": (_change(StockItem, batch="B-XYZ"), "B-XYZ"),
    "a batch that is gone": (lambda cast: StockItem.objects.update(gone_at=timezone.now()), "No batch of it"),
    "a price list's step": (lambda cast: PriceRow.objects.filter(from_quantity=0).update(price="15.15"), "$15.15"),
    "a price list's end": (_end_list, None),
    "another price list": (_add_list, "$9.99"),
    "a price list for others": (lambda cast: PriceListBuyer.objects.update(buyer=cast.stranger), None),
    "a case": (lambda cast: PackRule.objects.filter(price_list=None).update(multiple=4), "cases of 4"),
    "a case by list": (lambda cast: PackRule.objects.exclude(price_list=None).update(multiple=5), "cases of 5"),
    "no case": (lambda cast: PackRule.objects.filter(price_list=None).delete(), None),
    "the place's name": (lambda cast: Location.objects.filter(pk=cast.place.pk).update(name="Elsewhere"), "Elsewhere"),
    "the seller's name": (_rename_seller, "Southlight"),
    "the reader's company's name": (
        lambda cast: Organization.objects.filter(pk=cast.retailer.pk).update(name="Juno"),
        "<b>Juno</b>",
    ),
    "another place": (lambda cast: make.location(organization=cast.wholesaler, name="Second site"), "Second site"),
    "the reader's place": (lambda cast: Location.objects.filter(name="Juniper, Eastown").update(name="West"), "West"),
    "the reader's zone": (
        lambda cast: Location.objects.filter(name="Juniper, Eastown").update(zone="Asia/Tokyo"),
        None,
    ),
    "a new reading": (lambda cast: make.run(location=cast.place, started_at=timezone.now()), None),
    "an answer that waits": (lambda cast: make.run(location=cast.place, state="held"), "This shelf is from"),
    "news": (lambda cast: push(f"inventory.{cast.place.pk}", "inventory.changed"), 'data-seq="1"'),
    "a role": (_settle, None),
    "the back office": (lambda cast: User.objects.filter(pk=cast.buyer.pk).update(is_staff=True), "Back office"),
    "colours": (lambda cast: User.objects.filter(pk=cast.buyer.pk).update(theme="dark"), 'data-theme="dark"'),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_is_seen_at_once(shelf, client_of, what):
    change, said = CHANGES[what]
    client = client_of(shelf.buyer)
    before = kept_now(client)
    assert said is None or said not in text(before)

    with everyone("test"):
        change(shelf)
    after = read(client)

    assert is_drawn(after)
    assert said is None or said in text(after)
    assert not is_drawn(read(client))


def test_a_role_that_may_not_order_has_no_button_for_it(shelf, client_of):
    client = client_of(shelf.buyer)
    assert 'form="add"' in text(kept_now(client))

    with everyone("test"):
        _settle(shelf)

    assert 'form="add"' not in text(read(client))


def test_an_ended_connection_is_seen_at_once(shelf, client_of):
    client = client_of(shelf.buyer)
    kept_now(client)

    with everyone("test"):
        Connection.objects.all().delete()

    assert "Night Bus" not in text(read(client))
    assert client.get(f"{PATH}?location={shelf.place.slug}").status_code == 404


def test_another_connection_alone_draws_the_page_anew(shelf, client_of):
    client = client_of(shelf.buyer)
    kept_now(client)
    quiet = make.organization(side="wholesaler")

    make.connection(quiet, shelf.retailer)

    assert is_drawn(read(client))


def test_another_companys_changes_leave_the_page(shelf, client_of):
    client = client_of(shelf.buyer)
    kept_now(client)

    foreign = make.shelf_line()
    with everyone("test"):
        Brand.objects.create(organization=foreign.organization, name="Theirs")

    assert not is_drawn(read(client))


def test_the_chip_grows_old_and_the_page_says_so_in_time(shelf, client_of):
    client = client_of(shelf.buyer)
    now = timezone.now()
    with everyone("test"):
        SyncRun.objects.update(finished_at=now - timedelta(minutes=2))
    with time_machine.travel(now, tick=False):
        assert "2 min ago" in text(kept_now(client))
    with time_machine.travel(now + timedelta(minutes=7), tick=False):
        later = read(client)
        assert "9 min ago" in text(later)
        assert not is_drawn(later)
        assert f'data-now="{timezone.now():%Y-%m-%dT%H:%M}' in text(later)
    with time_machine.travel(now + timedelta(minutes=19), tick=False):
        assert "This shelf is from" in text(read(client))
    with time_machine.travel(now + timedelta(minutes=59), tick=False):
        assert "Stock and prices are unknown since" not in text(read(client))
        with everyone("test"):
            SyncRun.objects.update(state="completed")
            make.run(location=shelf.place, state="failed")
    with time_machine.travel(now + timedelta(minutes=61), tick=False):
        assert "Stock and prices are unknown since" in text(read(client))


def test_a_new_day_draws_the_page_anew(shelf, client_of):
    client = client_of(shelf.buyer)
    noon = timezone.now().replace(hour=23, minute=55)
    with time_machine.travel(noon, tick=False):
        with everyone("test"):
            SyncRun.objects.update(finished_at=noon)
            Location.objects.filter(name="Juniper, Eastown").update(zone="America/Detroit")
        kept_now(client)
    with time_machine.travel(noon + timedelta(minutes=10), tick=False):
        assert is_drawn(read(client))


def test_another_language_has_a_page_of_its_own(shelf, client_of, settings):
    settings.LANGUAGES = [("en", "English"), ("de", "Deutsch")]
    client = client_of(shelf.buyer)
    kept_now(client, HTTP_ACCEPT_LANGUAGE="en")

    other = read(client, HTTP_ACCEPT_LANGUAGE="de")

    assert is_drawn(other)
    assert '<html lang="de"' in text(other)


def test_this_browsers_colours_have_a_page_of_their_own(shelf, client_of):
    client = client_of(shelf.buyer)
    kept_now(client)
    client.cookies["theme"] = "light"

    assert 'data-theme="light"' in text(read(client))


def test_another_filter_has_a_page_of_its_own_and_so_has_the_fragment(shelf, client_of):
    client = client_of(shelf.buyer)
    kept_now(client)

    assert is_drawn(read(client, "?stock=out"))
    fragment = kept_now(client, HTTP_X_FRAGMENT="1")
    assert "<html" not in text(fragment)
    assert "Night Bus" in text(fragment)


@pytest.mark.parametrize("query", ["?q=night", "?price_from=3", "?colour=red"])
def test_what_is_typed_is_not_kept(shelf, client_of, query):
    client = client_of(shelf.buyer)
    read(client, query)

    assert is_drawn(read(client, query))


def test_another_release_draws_the_page_anew(shelf, client_of, monkeypatch):
    client = client_of(shelf.buyer)
    kept_now(client)
    monkeypatch.setattr(kept, "release", lambda: "another")

    assert is_drawn(read(client))


def test_the_releases_seal_knows_its_templates(settings, tmp_path):
    (tmp_path / "templates").mkdir()
    settings.ROOT = tmp_path
    (tmp_path / "templates/a.html").write_text("one")
    first = kept.release.__wrapped__()
    (tmp_path / "templates/a.html").write_text("two")

    assert kept.release.__wrapped__() != first


def test_a_redis_that_forgot_everything_is_only_slower(shelf, client_of):
    client = client_of(shelf.buyer)
    kept_now(client)
    fast.ask("test", lambda redis: redis.delete(*redis.scan_iter(f"{project.REDIS_PREFIX}page:*")))

    answer = read(client)

    assert is_drawn(answer)
    assert "Night Bus" in text(answer)


def test_a_redis_that_is_away_is_only_slower(shelf, client_of, settings):
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    client = client_of(shelf.buyer)

    for _ in range(2):
        answer = read(client)
        assert is_drawn(answer)
        assert "Night Bus" in text(answer)
        assert shelf.buyer.email in text(answer)


def test_a_name_cannot_pass_for_a_hole(shelf, client_of):
    with everyone("test"):
        Product.objects.filter(sku="HL-1").update(name="\N{START OF TEXT}_person.html\N{START OF TEXT}")

    assert text(kept_now(client_of(shelf.buyer))).count('class="face"') == 1


@pytest.mark.django_db(transaction=True)
def test_a_change_shows_when_it_is_committed_and_not_before(shelf, client_of):
    client = client_of(shelf.buyer)
    kept_now(client)

    with everyone("test"):
        line = ShelfLine.objects.first()
        line.quantity = 5
        line.save()

    assert is_drawn(read(client))
    assert StreamTopic.objects.count() == 0  # no push was needed for it
