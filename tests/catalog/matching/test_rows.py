"""Lists as CSV: what is wrong is told with its place and what to do."""

from decimal import Decimal

import pytest

from apps.catalog.matching.rows import BadList, price, read_rows


def test_id_and_name_alone_will_do_and_the_rest_is_taken_where_it_is_there():
    (item,) = read_rows("\ufeffID,Name\n1,Nova\n".encode(), "a.csv")
    assert (item.id, item.name, item.brand, item.price) == ("1", "Nova", "", None)
    full = b'id,name,brand,price,size,upc,sku,description\n1,"Nova, big",Jeeter,"$1,299.00",1g,2,0795,d\n'
    (item,) = read_rows(full, "a.csv")
    assert (item.name, item.price, item.sku) == ("Nova, big", Decimal("1299.00"), "0795")


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        (b"", "a.csv is empty"),
        (b"\n", "a.csv is empty"),
        (b"id;name\n1;Nova\n", "has no column id, name"),
        (b"id,title\n1,Nova\n", "has no column name. Its first line says: id, title"),
        (b"id,name,name\n1,a,b\n", "has the column name twice"),
        (b"id,name\n1,Nova\n1,Kashmir\n", "the id 1 stands twice"),
        (b"id,name\n,Nova\n", "line 2: the id is empty"),
        (b"id,name\n1,Nova,3\n", "line 2: 3 fields where the header has 2"),
        (b"id,name\n1,Nova\n2,Caf\xe9\n", "line 3: not UTF-8"),
        (b'id,name\n1,"Nova\n', "line 2: unexpected end of data"),
    ],
)
def test_a_bad_list_is_told_with_its_place(raw, told):
    with pytest.raises(BadList, match=told.replace(".", r"\.")):
        read_rows(raw, "a.csv")


def test_empty_lines_are_passed_over():
    assert [item.id for item in read_rows(b"id,name\n\n1,Nova\n,\n", "a.csv")] == ["1"]


@pytest.mark.parametrize("text", ["", "free", "-3", "0", "NaN", "Infinity"])
def test_what_is_no_positive_number_is_no_price(text):
    assert price(text) is None
