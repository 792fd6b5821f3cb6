"""What must always hold over reports to the state."""

from apps.core.invariants import Invariant

INVARIANTS = [
    Invariant(
        name="a report under way has a try written before its call",
        rows="SELECT count(*) FROM compliance_report",
        broken="SELECT report.id FROM compliance_report report WHERE report.sends > (SELECT count(*)"
        " FROM compliance_reportattempt attempt WHERE attempt.report_id = report.id AND attempt.purpose = 'send')",
    ),
    Invariant(
        name="a confirmed transfer has its manifest number",
        rows="SELECT count(*) FROM compliance_report WHERE kind = 'transfer_create'",
        broken="SELECT id FROM compliance_report WHERE kind = 'transfer_create' AND state = 'CONFIRMED'"
        " AND coalesce(found->>'manifest_number', '') = ''",
    ),
    Invariant(
        name="no report reached METRC twice",
        rows="SELECT count(*) FROM compliance_report",
        broken="SELECT id FROM compliance_report WHERE (found->>'times')::int > 1",
    ),
    Invariant(
        name="a report, its facility and its manifest are one organization's",
        rows="SELECT count(*) FROM compliance_report",
        broken="SELECT report.id FROM compliance_report report"
        " JOIN compliance_facility facility ON facility.id = report.facility_id"
        " LEFT JOIN compliance_manifest manifest ON manifest.report_id = report.id"
        " WHERE facility.organization_id <> report.organization_id"
        " OR manifest.organization_id <> report.organization_id",
    ),
]
