"""The main menu and the person's menu, composed from the apps.

An app that has a place in the main menu says so in its module `nav.py`:

    def items(user: User) -> list[NavItem]:
        return [NavItem(_("Communes"), "communes:list", 20)]

`items` leaves out what this person may not open today.
"""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from django.apps import apps
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _


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


def items(user: Any) -> list[NavItem]:
    """The dashboard's own share of the menu."""
    return [NavItem(_("Home"), "home", 0)]


@cache
def _sources() -> tuple[Callable[[Any], list[NavItem]], ...]:
    """Return `items` of each app that has a `nav` module."""
    named = [
        import_module(f"{config.name}.nav")
        for config in apps.get_app_configs()
        if config.module is not None and module_has_submodule(config.module, "nav")
    ]
    return tuple(module.items for module in named)


def links(request: HttpRequest) -> list[NavLink]:
    """Return the main menu of this person; empty for nobody, or for somebody without rights today."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or not user.has_rights_today():
        return []
    found = [item for source in _sources() for item in source(user)]
    return list(_drawn(sorted(found, key=lambda item: item.order), request))


def _drawn(found: list[NavItem], request: HttpRequest) -> Iterator[NavLink]:
    match = request.resolver_match
    here = match.view_name if match else ""
    for item in found:
        section = item.url_name.rpartition(":")[0]
        below = bool(section) and here.startswith(f"{section}:")
        current = "page" if here == item.url_name else "true" if below else ""
        yield NavLink(item.label, reverse(item.url_name), current)
