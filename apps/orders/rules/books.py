"""What must always hold of the books, as SQL."""

from apps.core.invariants import Invariant

INVOICES = "SELECT count(*) FROM orders_invoice"
INVARIANTS = [
    Invariant(
        name="an order's total and tax are the sums of its lines'",
        rows="SELECT count(*) FROM orders_order",
        broken="SELECT number FROM orders_order o WHERE (total, tax) <>"
        " (SELECT coalesce(sum(line.total + line.tax), 0), coalesce(sum(line.tax), 0)"
        " FROM orders_orderline line WHERE line.order_id = o.id)",
    ),
    Invariant(
        name="an invoice's total and tax are the sums of its lines'",
        rows=INVOICES,
        broken="SELECT number FROM orders_invoice i WHERE (total, tax) <>"
        " (SELECT coalesce(sum(line.total + line.tax), 0), coalesce(sum(line.tax), 0)"
        " FROM orders_invoiceline line WHERE line.invoice_id = i.id)",
    ),
    Invariant(
        name="what is paid on an invoice is the sum of its payments",
        rows=INVOICES,
        broken="SELECT number FROM orders_invoice i WHERE paid <>"
        " (SELECT coalesce(sum(amount), 0) FROM orders_payment WHERE invoice_id = i.id)",
    ),
    Invariant(
        name="what is credited on an invoice is the sum of its credit notes",
        rows=INVOICES,
        broken="SELECT number FROM orders_invoice i WHERE credited <>"
        " (SELECT coalesce(sum(amount), 0) FROM orders_creditnote WHERE invoice_id = i.id)",
    ),
    Invariant(
        name="an order's payment is what its invoice says",
        rows=INVOICES,
        broken="SELECT o.number FROM orders_order o LEFT JOIN orders_invoice i ON i.order_id = o.id"
        " AND i.state <> 'VOID' WHERE o.payment <> coalesce(i.state, 'UNBILLED')",
    ),
]
