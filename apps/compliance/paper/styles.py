"""How the manifest is set: black on white, made to be printed and written on."""

from reportlab.lib import colors
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import TableStyle

BODY = ParagraphStyle("body", fontName="Helvetica", fontSize=9, leading=11.5)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.5, leading=9.5)
CODE = ParagraphStyle("code", parent=BODY, fontName="Courier", fontSize=8.5, leading=10)
HEAD = ParagraphStyle("head", parent=BODY, fontName="Helvetica-Bold")
PALE = colors.Color(0.6, 0.6, 0.6)
TOP = ("VALIGN", (0, 0), (-1, -1), "TOP")
GRID = TableStyle([TOP, ("GRID", (0, 0), (-1, -1), 0.4, PALE)])
LINES = TableStyle([TOP, ("LINEBELOW", (0, 0), (-1, -1), 0.4, PALE)])
