"""Invoices from first to last: issued at shipping, due from delivery, paid, credited, voided, written off.

Each verb locks the order first and the invoice after it, records who did it, and lets the order's payment follow. A
verb of the order's own hands in the `order` it has locked, so that both write the same row. They write the seller's
rows: they run in the seller's scope or the house's.
"""

from .crediting import issue_credit
from .ending import ask_write_off, void_invoice, write_off
from .issuing import hold_payment, issue_invoice, start_terms
from .paying import mark_overdue, record_payment

__all__ = [
    "ask_write_off",
    "hold_payment",
    "issue_credit",
    "issue_invoice",
    "mark_overdue",
    "record_payment",
    "start_terms",
    "void_invoice",
    "write_off",
]
