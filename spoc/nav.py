"""The place of this app in the main menu."""

from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.dashboard.nav import NavItem
from spoc.models.parties import reads_requests


def items(user: User) -> list[NavItem]:
    """Return the lists of requests and of concerns, for the people of a commune and the agency."""
    if reads_requests(user):
        return [
            NavItem(_("Requests"), "spoc:request-list", 10),
            NavItem(_("Concerns"), "spoc:concern-list", 11),
        ]
    return []
