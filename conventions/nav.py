"""The place of this app in the main menu."""

from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.dashboard.nav import NavItem


def items(user: User) -> list[NavItem]:
    """Return the page of conventions, which whoever holds any right may open."""
    return [NavItem(_("Framework agreements"), "conventions:list", 20)] if user.has_rights_today() else []
