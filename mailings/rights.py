"""What roles may do in the desk with the nouns of this app; the steps ask `Mailing.can_be_…_by`."""

from hubportal.accounts.roles import AGENCY_ROLES, Role

PERMISSIONS: dict[str, frozenset[Role]] = {
    "mailings.view_delivery": AGENCY_ROLES,
    "mailings.view_deliveryevent": AGENCY_ROLES,
    "mailings.view_suppressedaddress": AGENCY_ROLES,
    "mailings.view_extrarecipient": AGENCY_ROLES,
    "mailings.add_extrarecipient": frozenset({Role.EDITOR, Role.LEAD}),
    "mailings.change_extrarecipient": frozenset({Role.EDITOR, Role.LEAD}),
    "mailings.delete_suppressedaddress": frozenset({Role.EDITOR, Role.LEAD}),
}
"""Editions are written on the portal; the desk shows each message, and keeps named extra and stopped addresses."""
