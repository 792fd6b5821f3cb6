"""Pages: a retailer's orders, drafts and quick order; invoices and the statement."""
