"""The transport manifest as a PDF: A4, one destination, the header on every page, its text extractable."""

from collections import defaultdict
from decimal import Decimal
from io import BytesIO

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from reportlab.graphics.barcode import code128
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table

from .frame import Frame, clock
from .styles import BODY, CODE, GRID, HEAD, LINES, SMALL

WIDTH = A4[0] - 30 * mm
COLUMNS = [8 * mm, 58 * mm, 43 * mm, 22 * mm, 19 * mm, 30 * mm]


def pdf(document: dict, *, manifest_number: str = "", driver_licence: str = "", driver_permit: str = "") -> bytes:
    """`document` is a Manifest's. Without a `manifest_number` every page says that this is no state manifest.
    `driver_licence` and the state's permit are printed for the shipper alone; others read how the licence ends."""
    out = BytesIO()
    made = SimpleDocTemplate(
        out,
        pagesize=A4,
        leftMargin=15 * mm,
        rightMargin=15 * mm,
        topMargin=37 * mm,
        bottomMargin=18 * mm,
        invariant=True,
        title=_("Transport manifest %(order)s v%(version)s") % document,
        author="ReUp",
    )
    made.build(
        [_parties(document), Spacer(0, 4 * mm), _road(document, driver_licence, driver_permit), Spacer(0, 4 * mm)]
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


def _road(document: dict, driver_licence: str, driver_permit: str) -> Table:
    driver, vehicle = document["driver"], document["vehicle"]
    licence = driver_licence or f"…{driver['hint']}"
    who = _("%(name)s, licence %(licence)s") % {"name": driver["name"], "licence": licence}
    permit = driver_permit if driver_permit != driver_licence else ""
    facts = [
        (_("Driver"), _("%(who)s, permit %(permit)s") % {"who": who, "permit": permit} if permit else who),
        (_("Vehicle"), f"{vehicle['make']} {vehicle['model']} · {vehicle['plate']}"),
        (_("Leaves"), clock(document, "departs_at")),
        (_("Arrives"), clock(document, "arrives_at")),
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
    tag = [
        Spacer(0, 1 * mm),
        code128.Code128(line["tag"], barHeight=7 * mm, barWidth=0.56, quiet=False),
        Spacer(0, 1 * mm),
        Paragraph(line["tag"], CODE),
    ]
    tag += [Paragraph(_("from %(source)s") % line, SMALL)] if line.get("source") else []
    item = [Paragraph(_plain(line["item"]), BODY)]
    item += [Paragraph(_plain(line["lab_state"]), SMALL)] if line["lab_state"] else []
    price = [Paragraph(f"{line['price']} USD", SMALL)] if line["price"] else []
    shipped = [Paragraph(f"{_amount(line['quantity'])} {_plain(line['unit'])}", BODY), *price]
    return [Paragraph(str(number), BODY), tag, item, shipped, "", ""]


def _totals(document: dict) -> Paragraph:
    """Packages, what they hold by unit, and their price where each has one."""
    lines, sums = document["lines"], defaultdict(Decimal)
    for line in lines:
        sums[line["unit"]] += Decimal(line["quantity"])
    told = [ngettext("%(n)s package", "%(n)s packages", len(lines)) % {"n": len(lines)}]
    told += [f"{_amount(total)} {_plain(unit)}" for unit, total in sums.items()]
    if all(line["price"] for line in lines):
        told.append(f"{sum(Decimal(line['price']) for line in lines)} USD")
    return Paragraph(" · ".join(told), HEAD)


def _amount(quantity: str | Decimal) -> str:
    return f"{Decimal(quantity).normalize():f}"


def _signatures() -> KeepTogether:
    """Room to sign in, each with its day and hour."""
    titles = ["", _("Name"), _("Signature"), _("Date and time")]
    rows = [[Paragraph(title, SMALL) for title in titles]]
    rows += [[Paragraph(name, HEAD), "", "", ""] for name in (_("Shipper"), _("Driver"), _("Receiver"))]
    wide = [25 * mm, 50 * mm, 65 * mm, WIDTH - 140 * mm]
    return KeepTogether(Table(rows, colWidths=wide, rowHeights=[6 * mm, *[13 * mm] * 3], style=GRID))


def _plain(text: str) -> str:
    """No markup out of data."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
