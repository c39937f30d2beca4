"""What roles may read on the desk; who may take a step is asked of the request itself (`can_be_…_by`)."""

from hubportal.accounts.roles import AGENCY_ROLES, STEWARDS, Role

PERMISSIONS: dict[str, frozenset[Role]] = {
    "spoc.view_servicerequest": AGENCY_ROLES,
    "spoc.view_requestevent": AGENCY_ROLES,
    "spoc.view_standardmeasure": AGENCY_ROLES,
    "spoc.add_standardmeasure": STEWARDS,
    "spoc.change_standardmeasure": STEWARDS,
    "spoc.view_standardanswer": AGENCY_ROLES,
    "spoc.add_standardanswer": STEWARDS,
    "spoc.change_standardanswer": STEWARDS,
    "spoc.view_partner": AGENCY_ROLES,
    "spoc.add_partner": STEWARDS | {Role.SPOC},
    "spoc.change_partner": STEWARDS | {Role.SPOC},
    "spoc.view_savedview": AGENCY_ROLES,
    "spoc.add_savedview": AGENCY_ROLES,
    "spoc.change_savedview": AGENCY_ROLES,
    "spoc.delete_savedview": AGENCY_ROLES,
    "spoc.view_concern": AGENCY_ROLES,
    "spoc.view_concerngroup": AGENCY_ROLES,
    "spoc.view_relaynote": AGENCY_ROLES,
    "spoc.view_answer": AGENCY_ROLES,
    "spoc.view_concerntheme": AGENCY_ROLES,
    "spoc.add_concerntheme": STEWARDS,
    "spoc.change_concerntheme": STEWARDS,
    "spoc.view_message": AGENCY_ROLES,
    "spoc.view_requestfile": AGENCY_ROLES,
    "spoc.view_deliverable": AGENCY_ROLES,
    "spoc.view_auditdetails": AGENCY_ROLES,
    "spoc.view_developmentdetails": AGENCY_ROLES,
    "spoc.view_chantierdetails": AGENCY_ROLES,
}
"""The libraries are the leads', the directory of partners also the SPOCs', a saved view its maker's. Of
a request, a concern, a relay note and an answer steps change all there is."""
