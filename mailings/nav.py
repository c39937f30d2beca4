"""The place of this app in the main menu."""

from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.dashboard.nav import NavItem


def items(user: User) -> list[NavItem]:
    """Return the editions: in preparation for some, the archive for whoever holds any right."""
    return [NavItem(_("Mailings"), "mailings:list", 25)] if user.has_rights_today() else []
