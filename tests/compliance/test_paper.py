"""The manifest as a PDF: what is on it, page by page."""

import re
import zlib
from base64 import a85decode
from decimal import Decimal

import pytest

from apps.compliance import paper
from apps.compliance.models import Manifest
from apps.core.scope import scope
from tests.compliance import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(cast):
    facility = make.facility(place=cast.place, number="AU-P-009412", phone="+1 616 555 0100")
    lines = [make.line(make.tag(n), quantity=Decimal("2.5"), unit="Grams", item=f"Item <{n}>") for n in range(1, 31)]
    lines += [make.line(make.tag(77))]
    with scope(cast.wholesaler):
        make.transfer(facility=facility, lines=lines, route="US-31 north & M-46", recipient_name="Juniper & Pine")
        return Manifest.objects.get().document


def pages(made: bytes) -> list[str]:
    """The text of each page, as a reader would extract it."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", made, re.DOTALL)
    return [_text(zlib.decompress(a85decode(stream.strip().removesuffix(b"~>")))) for stream in streams]


def _text(stream: bytes) -> str:
    blocks = re.findall(rb"\bBT\b(.*?)\bET\b", stream, re.DOTALL)
    said = b"\n".join(b"".join(re.findall(rb"\((.*?)(?<!\\)\) Tj", block)) for block in blocks).decode("latin-1")
    said = re.sub(r"\\(\d{3})", lambda found: bytes([int(found[1], 8)]).decode("cp1252"), said)
    return re.sub(r"\\(.)", r"\1", said)


def test_it_names_both_sides_the_road_every_package_and_the_sums(document):
    text = "\n".join(pages(paper.pdf(document)))

    for said in (
        "Northlight Supply Co.",
        "AU-P-009412",
        "Juniper & Pine",
        "AU-R-000777",
        "Dana Reyes",
        "Ford Transit",
        "US-31 north & M-46",
        "Item <7>",
        make.tag(30),
        "31 packages",
        "75 Grams",
        "10 Each",
        "5425.00 USD",
    ):
        assert said in text, said


def test_without_a_number_every_page_says_it_is_no_state_manifest_and_with_one_none_does(document):
    without, numbered = pages(paper.pdf(document)), pages(paper.pdf(document, manifest_number="0009123871"))

    assert len(without) > 1
    assert all("NOT A STATE MANIFEST" in page for page in without)
    assert not any("NOT A STATE" in page for page in numbered)
    assert all("0009123871" in page for page in numbered)
    assert f"Page 2 of {len(without)}" in without[1]


def test_the_table_head_is_on_every_page_of_packages(document):
    assert all("Package tag" in page for page in pages(paper.pdf(document))[:2])


def test_the_same_version_gives_the_same_bytes(document):
    assert paper.pdf(document) == paper.pdf(document)


def test_others_read_only_how_the_drivers_licence_ends(document):
    assert "D-4471" not in "".join(pages(paper.pdf(document)))
    assert "D-4471-9920" in "".join(pages(paper.pdf(document, driver_licence="D-4471-9920")))


def test_a_package_made_for_the_transfer_says_out_of_which(document):
    document["lines"][0]["source"] = make.tag(99)
    said = pages(paper.pdf(document))
    assert f"from {make.tag(99)}" in said[0]
    assert "from 1A4" not in "".join(said[1:])


def test_the_states_permit_is_for_the_shipper_where_it_is_another_number(document):
    assert "permit EMP-7" in pages(paper.pdf(document, driver_licence="D-4471-9920", driver_permit="EMP-7"))[0]
    assert "permit" not in pages(paper.pdf(document, driver_licence="D-1", driver_permit="D-1"))[0]
