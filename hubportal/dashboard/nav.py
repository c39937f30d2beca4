"""The main menu and the person's menu, composed from the apps.

An app that has a place in the main menu says so in its module `nav.py`:

    def items(user: User) -> list[NavItem]:
        return [NavItem(_("Communes"), "communes:list", 20)]

`items` leaves out what this person may not open today.
"""

from collections.abc import Iterator
from typing import NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hubportal.accounts.models import User
from hubportal.composition import modules


class NavItem(NamedTuple):
    """An entry of the main menu: a route without arguments, and its place (0 first)."""

    label: str | Promise
    url_name: str
    order: int


class NavLink(NamedTuple):
    """An entry as drawn; `current` is the value of aria-current: "page", "true" (a page below it) or ""."""

    label: str | Promise
    url: str
    current: str


def items(user: User) -> list[NavItem]:
    """The dashboard's own share of the menu."""
    return [NavItem(_("Home"), "home", 0)]


def links(request: HttpRequest) -> list[NavLink]:
    """Return the main menu of this person; empty for nobody, or for somebody without rights today."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or not user.has_rights_today():
        return []
    found = [item for module in modules("nav") for item in module.items(user)]
    return list(_drawn(sorted(found, key=lambda item: item.order), request))


def person_links(request: HttpRequest) -> list[NavLink]:
    """Return the menu under the person's name: their details, their password, the desk for the agency."""
    user = request.user
    if not isinstance(user, User):
        return []
    found = [NavItem(_("My details"), "accounts:details", 0)]
    if user.has_rights_today():
        found.append(NavItem(_("Signing in"), "mfa_index", 1))
    if user.has_usable_password() and user.has_rights_today():
        found.append(NavItem(_("My password"), "account_change_password", 1))
    if user.is_staff:
        found.append(NavItem(_("SPOC desk"), "admin:index", 2))
    if settings.DEMO:
        found.append(NavItem(_("Mailbox of the demonstration"), "demo:mailbox", 3))
    return list(_drawn(found, request))


def _drawn(found: list[NavItem], request: HttpRequest) -> Iterator[NavLink]:
    match = request.resolver_match
    here, addresses = match.view_name if match else "", [reverse(item.url_name) for item in found]
    near = [
        _nearness(item, address, here, request.path) for item, address in zip(found, addresses, strict=True)
    ]
    for item, address, own in zip(found, addresses, near, strict=True):
        current = "page" if here == item.url_name else "true" if own and own == max(near) else ""
        yield NavLink(item.label, address, current)


def _nearness(item: NavItem, address: str, here: str, path: str) -> int:
    """Return how near a page is below an entry, 0 when it is not: of two of one app, the longer address is nearer."""
    section = item.url_name.rpartition(":")[0]
    if not section or not here.startswith(f"{section}:"):
        return 0
    return len(address) if path.startswith(address) else 1
