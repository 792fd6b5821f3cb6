"""The transport manifest as a PDF: A4, one destination, the header on every page, its text extractable."""

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.graphics.barcode import code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from .frame import Frame
from .styles import BODY, GRID, HEAD, LINES, SMALL

WIDTH = A4[0] - 30 * mm
COLUMNS = [8 * mm, 56 * mm, 44 * mm, 21 * mm, 19 * mm, 32 * mm]


def pdf(document: dict, *, manifest_number: str = "", driver_licence: str = "") -> bytes:
    """`document` is a Manifest's. Without a `manifest_number` every page says that this is no state manifest.
    `driver_licence` is printed for the shipper alone; others read how it ends."""
    out = BytesIO()
    made = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=34 * mm,
        bottomMargin=18 * mm,
        invariant=True,
        title=_("Transport manifest %(order)s v%(version)s") % document,
        author="ReUp",
    )
    made.build(
        [_parties(document), Spacer(0, 4 * mm), _road(document, driver_licence), Spacer(0, 4 * mm)]
        + [_packages(document), Spacer(0, 3 * mm), _totals(document), Spacer(0, 6 * mm), _signatures()],
        canvasmaker=lambda *args, **more: Frame(*args, document=document, number=manifest_number, **more),
    )
    return out.getvalue()


def _parties(document: dict) -> Table:
    shipper, recipient = document["shipper"], document["recipient"]
    blocks = [
        (_("From"), shipper["name"], shipper["site"], shipper["license"], shipper["phone"]),
        (_("Carried by"), shipper["name"], shipper["site"], shipper["license"], shipper["phone"]),
        (_("To"), recipient["name"], recipient["address"], recipient["license"], ""),
    ]
    return Table([[_block(*block) for block in blocks]], colWidths=[WIDTH / 3] * 3, style=GRID)


def _block(title: str, name: str, place: str, license: str, phone: str) -> list:
    lines = [name, place, _("Licence %(number)s") % {"number": license}, phone]
    return [Paragraph(title, HEAD), *[Paragraph(_plain(line), BODY) for line in lines if line]]


def _road(document: dict, driver_licence: str) -> Table:
    driver, vehicle = document["driver"], document["vehicle"]
    licence = driver_licence or f"…{driver['hint']}"
    facts = [
        (_("Driver"), _("%(name)s, licence %(licence)s") % {"name": driver["name"], "licence": licence}),
        (_("Vehicle"), f"{vehicle['make']} {vehicle['model']} · {vehicle['plate']}"),
        (_("Leaves"), _clock(document, "departs_at")),
        (_("Arrives"), _clock(document, "arrives_at")),
        (_("Route"), document["route"] or "–"),
        (_("Invoice"), document["invoice"] or "–"),
    ]
    rows = [[Paragraph(name, HEAD), Paragraph(_plain(value), BODY)] for name, value in facts]
    return Table(rows, colWidths=[25 * mm, WIDTH - 25 * mm], style=LINES)


def _packages(document: dict) -> Table:
    titles = ["#", _("Package tag"), _("Item"), _("Shipped"), _("Received"), _("Accept, reject, why")]
    rows = [[Paragraph(title, HEAD) for title in titles]]
    rows += [_row(number, line) for number, line in enumerate(document["lines"], 1)]
    return Table(rows, colWidths=COLUMNS, style=GRID, repeatRows=1)


def _row(number: int, line: dict) -> list:
    tag = [code128.Code128(line["tag"], barHeight=6 * mm, barWidth=0.55, quiet=False), Paragraph(line["tag"], SMALL)]
    item = [Paragraph(_plain(line["item"]), BODY)]
    item += [Paragraph(_plain(line["lab_state"]), SMALL)] if line["lab_state"] else []
    price = [Paragraph(f"{line['price']} USD", SMALL)] if line["price"] else []
    shipped = [Paragraph(f"{line['quantity']} {_plain(line['unit'])}", BODY), *price]
    return [Paragraph(str(number), BODY), tag, item, shipped, "", ""]


def _totals(document: dict) -> Paragraph:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in document["lines"]:
        sums[line["unit"]] += Decimal(line["quantity"])
    count = len(document["lines"])
    packages = ngettext("%(n)s package", "%(n)s packages", count) % {"n": count}
    return Paragraph(" · ".join([packages, *(f"{total} {_plain(unit)}" for unit, total in sums.items())]), HEAD)


def _signatures() -> KeepTogether:
    who = (_("Shipper"), _("Driver"), _("Receiver"))
    rows = [[Paragraph(name, HEAD), Paragraph(_("Name, signature, date and time"), SMALL)] for name in who]
    return KeepTogether(Table(rows, colWidths=[25 * mm, WIDTH - 25 * mm], rowHeights=13 * mm, style=LINES))


def _clock(document: dict, name: str) -> str:
    """On the shipper's wall clock, with its zone."""
    here = datetime.fromisoformat(document[name]).astimezone(ZoneInfo(document["shipper"]["zone"]))
    return f"{here:%Y-%m-%d %H:%M} {here.tzname()}"


def _plain(text: str) -> str:
    """No markup out of data."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
