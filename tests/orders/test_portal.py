"""The retailer's pages: lists, one order, drafts and checkout, answers and receipts, as a browser asks for them."""

import pytest

pytestmark = pytest.mark.django_db
ORDERS = "/portal/orders/"


@pytest.fixture
def buyer(market, client_of):
    return client_of(market.cast.buyer)


def text_of(answer, status=200) -> str:
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


def test_pages(market, buyer):
    draft = market.draft(("FLOWER", 4), ("GUMMIES", 10))
    for path in ("", "new/", f"{draft.number}/", f"{draft.number}/submit/", f"{draft.number}/delete/"):
        text_of(buyer.get(ORDERS + path))
    order = market.order(("FLOWER", 2), state="DELIVERED")
    for path in ("", "cancel/", "ask-to-cancel/", "receive/", "dispute/", "return/", "track/", "reorder/"):
        text_of(buyer.get(f"{ORDERS}{order.number}/{path}"))
    text_of(buyer.get("/portal/catalog/"))
    for way in ("type", "paste", "upload"):
        text_of(buyer.get(f"/portal/quick-order/?way={way}"))
