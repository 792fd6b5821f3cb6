"""The builders themselves: what they make keeps every rule that must always hold."""

from apps.core import invariants
from tests import make


def test_built_rows_keep_every_invariant(cast):
    product = make.product(organization=cast.wholesaler, brand="Cinder Hollow", category="Flower")
    make.stock(location=cast.place, product=product, quantity="3")
    make.stock(location=cast.place, product=product, quantity="4.5")
    make.stock(location=cast.place, link=make.link(organization=cast.wholesaler))
    line = make.shelf_line(location=cast.place, product=product, quantity="1")
    for state in ("completed", "completed_with_quarantine", "held", "failed", "running"):
        make.run(location=cast.place, state=state)

    assert (str(line.quantity), line.packages) == ("8.5000", 3)
    assert {rule["name"]: rule["examples"] for rule in invariants.check() if rule["violations"]} == {}
