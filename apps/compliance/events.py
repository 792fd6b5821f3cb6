"""The news this app tells. Each is written in the transaction of what it tells; a reader gets it as a job."""

from apps.core.news import News

# organization_id, report, kind, state, order_number ("" without one), manifest_number ("" until it is known)
report_settled = News("report_settled")
# organization_id, transfer (our row), direction ("incoming", "outgoing", "rejected"), manifest_number, order_number,
# is_voided, received
transfer_seen = News("transfer_seen")
# organization_id, license_number, labels: the packages that changed since the last reading
packages_seen = News("packages_seen")
