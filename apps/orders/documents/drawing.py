"""A paper drawn: US Letter, black on white, its head on every page, page so and so of how many."""

from io import BytesIO
from xml.sax.saxutils import escape

from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from .values import Column, Sheet, printable

WIDE, HIGH = LETTER
EDGE = 15 * mm
WIDTH = WIDE - 2 * EDGE
BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=11.5)
RIGHT = ParagraphStyle("right", parent=BODY, alignment=2)
HEAD = ParagraphStyle("head", parent=BODY, fontName="Helvetica-Bold")
HEAD_RIGHT = ParagraphStyle("head right", parent=HEAD, alignment=2)
PALE = colors.Color(0.6, 0.6, 0.6)
TOP = ("VALIGN", (0, 0), (-1, -1), "TOP")
LINED = TableStyle([TOP, ("LINEBELOW", (0, 0), (-1, -1), 0.4, PALE), ("LEFTPADDING", (0, 0), (0, -1), 0)])
PLAIN = TableStyle(
    [TOP, ("LEFTPADDING", (0, 0), (0, -1), 0), *[(f"{side}PADDING", (0, 0), (-1, -1), 1) for side in ("TOP", "BOTTOM")]]
)


def draw(sheet: Sheet) -> bytes:
    out = BytesIO()
    margins = {"leftMargin": EDGE, "rightMargin": EDGE, "topMargin": 30 * mm, "bottomMargin": 18 * mm}
    title = f"{sheet.title} {sheet.number}"
    made = SimpleDocTemplate(out, pagesize=LETTER, invariant=True, title=title, author="ReUp", **margins)
    lost = _given_up(sheet)
    made.build(_story(sheet, lost), canvasmaker=lambda *args, **more: Frame(*args, sheet=sheet, **more))
    return out.getvalue()


class Frame(Canvas):
    """Pages are kept until their number is known."""

    def __init__(self, *args, sheet: Sheet, **more):
        super().__init__(*args, **more)
        self._sheet, self._kept = sheet, []

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
        self.setFont("Helvetica-Bold", 15)
        self.drawString(EDGE, HIGH - 17 * mm, _shown(self._sheet.title))
        self.setFont("Helvetica", 9)
        self.drawString(EDGE, HIGH - 23 * mm, _shown(self._sheet.about))
        if self._sheet.mark:
            self._marked()

    def _marked(self) -> None:
        self.saveState()
        self.translate(WIDE / 2, HIGH / 2)
        self.rotate(50)
        self.setFillColor(colors.Color(0.75, 0.1, 0.1, alpha=0.16))
        self.setFont("Helvetica-Bold", 90)
        self.drawCentredString(0, 0, _shown(self._sheet.mark))
        self.restoreState()

    def _foot(self, page: int, pages: int) -> None:
        self.setFont("Helvetica", 8)
        self.drawString(EDGE, 10 * mm, f"{_shown(self._sheet.title)} {self._sheet.number}")
        self.drawRightString(WIDE - EDGE, 10 * mm, _("Page %(page)s of %(pages)s") % {"page": page, "pages": pages})


def _story(sheet: Sheet, lost: bool) -> list[Flowable]:
    gap = Spacer(0, 4 * mm)
    story = [_parties(sheet), gap, _facts(sheet), gap, _rows(sheet), gap]
    if sheet.sums:
        story.append(_sums(sheet))
    notes = sheet.notes + ([_("A letter that this paper's font lacks is shown as ?.")] if lost else [])
    return [*story, *[_said(note) for note in notes]]


def _parties(sheet: Sheet) -> Table:
    blocks = [[_said(party.role, HEAD), *[_said(line) for line in party.lines]] for party in sheet.parties]
    return Table([blocks], colWidths=[WIDTH / len(blocks)] * len(blocks), style=PLAIN)


def _facts(sheet: Sheet) -> Flowable:
    rows = [[_said(name, HEAD), _said(value)] for name, value in sheet.facts]
    return Table(rows, colWidths=[35 * mm, WIDTH - 35 * mm], style=PLAIN) if rows else Spacer(0, 0)


def _rows(sheet: Sheet) -> Flowable:
    titles = [_said(column.title, HEAD_RIGHT if column.number else HEAD) for column in sheet.columns]
    rows = [[_cell(column, text) for column, text in zip(sheet.columns, row, strict=True)] for row in sheet.rows]
    return Table(
        [titles, *rows], colWidths=[column.share * WIDTH for column in sheet.columns], style=LINED, repeatRows=1
    )


def _cell(column: Column, text: str) -> Paragraph:
    return _said(text, RIGHT if column.number else BODY)


def _sums(sheet: Sheet) -> KeepTogether:
    rows = [
        ["", _said(label, HEAD if last else BODY), _said(amount, HEAD_RIGHT if last else RIGHT)]
        for label, amount, last in sheet.sums
    ]
    return KeepTogether(Table(rows, colWidths=[WIDTH * 0.54, WIDTH * 0.26, WIDTH * 0.2], style=PLAIN))


def _said(text: str, style: ParagraphStyle = BODY) -> Paragraph:
    return Paragraph(escape(_shown(text)), style)


def _shown(text: str) -> str:
    return printable(text)[0]


def _given_up(sheet: Sheet) -> bool:
    """Whether a letter of the data cannot be shown."""
    told = [*sheet.notes, *[cell for row in sheet.rows for cell in row], *[value for _name, value in sheet.facts]]
    return any(printable(text)[1] for text in told + [line for party in sheet.parties for line in party.lines])
