"""The place of this app in the main menu."""

from django.utils.translation import gettext_lazy as _

from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, User
from hubportal.dashboard.nav import NavItem


def items(user: User) -> list[NavItem]:
    """Return the list of requests, for the people of a commune and the agency."""
    if user.has_role(*AGENCY_ROLES) or communes_of(user):
        return [NavItem(_("Requests"), "spoc:request-list", 10)]
    return []
