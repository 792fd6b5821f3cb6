"""What stands on every page: whose manifest, its number as text and as Code 128, page so and so of how many; and, until
METRC has given a number, that this is not the state's paper."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from reportlab.graphics.barcode import code128
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

WIDE, HIGH = A4
LEFT = 15 * mm


def clock(document: dict, name: str) -> str:
    """One of its moments on the shipper's wall clock, with its zone."""
    here = datetime.fromisoformat(document[name]).astimezone(ZoneInfo(document["shipper"]["zone"]))
    return f"{here:%Y-%m-%d %H:%M} {here.tzname()}"


class Frame(Canvas):
    """Pages are kept until their number is known."""

    def __init__(self, *args, document: dict, number: str, **more):
        super().__init__(*args, **more)
        self._document_said, self._manifest_number, self._kept = document, number, []

    def showPage(self):
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self):
        for page, state in enumerate(self._kept, 1):
            self.__dict__.update(state)
            self._head()
            self._foot(page, len(self._kept))
            super().showPage()
        super().save()

    def _head(self) -> None:
        said, number = self._document_said, self._manifest_number
        self.setFont("Helvetica-Bold", 15)
        self.drawString(LEFT, HIGH - 17 * mm, _("Transport manifest"))
        self.setFont("Helvetica-Bold", 11)
        self.drawString(
            LEFT, HIGH - 23.5 * mm, _("METRC manifest %(number)s") % {"number": number or _("not registered yet")}
        )
        self.setFont("Helvetica", 9)
        about = _("Order %(order)s, version %(version)s · %(report)s · made %(at)s by %(made_by)s")
        self.drawString(LEFT, HIGH - 29 * mm, about % {**said, "at": clock(said, "made_at")})
        self._bars(number or said["report"])
        if not number:
            self._watermark()

    def _bars(self, text: str) -> None:
        """With what they say below, for who has no scanner."""
        bars = code128.Code128(text, barHeight=11 * mm, barWidth=0.9, quiet=False)
        left = WIDE - LEFT - bars.width
        bars.drawOn(self, left, HIGH - 21 * mm)
        self.setFont("Courier", 8)
        self.drawCentredString(left + bars.width / 2, HIGH - 24.5 * mm, text)

    def _watermark(self) -> None:
        self.saveState()
        self.translate(WIDE / 2, HIGH / 2)
        self.rotate(52)
        self.setFillColor(colors.Color(0.75, 0.1, 0.1, alpha=0.16))
        self.setFont("Helvetica-Bold", 46)
        self.drawCentredString(0, 0, _("NOT A STATE MANIFEST"))
        self.restoreState()

    def _foot(self, page: int, pages: int) -> None:
        self.setFont("Helvetica", 8)
        self.drawString(LEFT, 10 * mm, f"{self._document_said['report']} · {self._document_said['mark']}")
        self.drawRightString(WIDE - LEFT, 10 * mm, _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages})
