"""What stands on every page: whose manifest, its number as text and as Code 128, page so and so of how many; and, until
METRC has given a number, that this is not the state's paper."""

from django.utils.translation import gettext as _
from reportlab.graphics.barcode import code128
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

WIDE, HIGH = A4


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
        self.drawString(15 * mm, HIGH - 17 * mm, _("Transport manifest"))
        self.setFont("Helvetica", 9)
        about = _("Order %(order)s, version %(version)s · %(report)s · made %(made_at).16s by %(made_by)s") % said
        self.drawString(15 * mm, HIGH - 23 * mm, about)
        self.drawString(15 * mm, HIGH - 28 * mm, _("METRC manifest %(number)s") % {"number": number or "–"})
        bars = code128.Code128(number or said["report"], barHeight=10 * mm, barWidth=0.7)
        bars.drawOn(self, WIDE - 15 * mm - bars.width, HIGH - 24 * mm)
        if not number:
            self._watermark()

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
        self.drawString(15 * mm, 10 * mm, f"{self._document_said['report']} · {self._document_said['mark']}")
        self.drawRightString(WIDE - 15 * mm, 10 * mm, _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages})
