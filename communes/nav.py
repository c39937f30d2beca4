"""The place of this app in the main menu."""

from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.dashboard.nav import NavItem


def items(user: User) -> list[NavItem]:
    """Return the page of the 19, which whoever holds any right may open."""
    return [NavItem(_("The 19 communes"), "communes:list", 40)] if user.has_rights_today() else []
