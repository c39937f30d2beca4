"""What roles may read on the desk; who may take a step is asked of the request itself (`can_be_…_by`)."""

from hubportal.accounts.roles import AGENCY_ROLES, Role

PERMISSIONS: dict[str, frozenset[Role]] = {
    "spoc.view_servicerequest": AGENCY_ROLES,
    "spoc.view_requestevent": AGENCY_ROLES,
    "spoc.view_message": AGENCY_ROLES,
    "spoc.view_requestfile": AGENCY_ROLES,
    "spoc.view_deliverable": AGENCY_ROLES,
    "spoc.view_auditdetails": AGENCY_ROLES,
    "spoc.view_developmentdetails": AGENCY_ROLES,
    "spoc.view_chantierdetails": AGENCY_ROLES,
}
"""Nothing of a request is added, changed or deleted on the desk but by its steps."""
