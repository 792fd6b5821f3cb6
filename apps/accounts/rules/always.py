"""What must always hold over accounts' rows."""

from apps.core.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="a connection joins a wholesaler with a retailer",
        rows="SELECT count(*) FROM accounts_connection",
        broken="SELECT c.id FROM accounts_connection c JOIN accounts_organization w ON w.id = c.wholesaler_id"
        " JOIN accounts_organization r ON r.id = c.retailer_id WHERE w.side <> 'wholesaler' OR r.side <> 'retailer'",
    ),
    Invariant(
        name="a member's locations are their organization's own",
        rows="SELECT count(*) FROM accounts_membership",
        broken="SELECT m.id FROM accounts_membership m, unnest(m.locations) AS wanted WHERE NOT EXISTS"
        " (SELECT 1 FROM accounts_location l WHERE l.id = wanted AND l.organization_id = m.organization_id)",
    ),
]
