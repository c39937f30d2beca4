"""What roles may do in the desk with the nouns of this app; the steps ask `Convention.can_be_…_by`."""

from hubportal.accounts.roles import AGENCY_ROLES, STEWARDS, Role

PERMISSIONS: dict[str, frozenset[Role]] = {
    "conventions.view_convention": AGENCY_ROLES,
    "conventions.add_convention": STEWARDS,
    "conventions.change_convention": STEWARDS,
    "conventions.view_conventiontheme": AGENCY_ROLES,
    "conventions.add_conventiontheme": STEWARDS,
    "conventions.change_conventiontheme": STEWARDS,
    "conventions.delete_conventiontheme": STEWARDS,
    "conventions.view_signatory": AGENCY_ROLES,
    "conventions.add_signatory": STEWARDS,
    "conventions.change_signatory": STEWARDS,
    "conventions.delete_signatory": STEWARDS,
    "conventions.view_theme": AGENCY_ROLES,
    "conventions.add_theme": STEWARDS,
    "conventions.change_theme": STEWARDS,
}
"""Themes and signatories can be deleted from a draft only: the desk sees to that (admin.py)."""
