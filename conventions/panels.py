"""What this app shows elsewhere: the card of a commune's convention, at home and on the commune's page."""

from typing import Any

from communes.context import communes_for
from communes.models import Commune
from conventions.current import current
from conventions.models import Convention, ConventionTheme
from hubportal.accounts.models import User
from hubportal.dashboard.panels import Panel


def home(user: User) -> list[Panel]:
    """Return the card for the people of a commune; of several communes, the template shows the chosen one."""
    acting = [] if user.is_staff else communes_for(user)
    if not acting:
        return []
    entries = _entries(user, [item.commune for item in acting])
    return [Panel("conventions/panels/home.html", {"entries": entries}, "aside", 20)]


def commune(user: User, commune: Commune) -> list[Panel]:
    """Return the card of a commune, as far as this person may read it."""
    return [Panel("conventions/panels/commune.html", {"entries": _entries(user, [commune])}, "aside", 60)]


def _entries(user: User, communes: list[Commune]) -> list[dict[str, Any]]:
    """Return for each commune its convention and what may be shown of it: three queries, however many."""
    found = current(user, [commune.nis for commune in communes])
    themes: dict[int, list[str]] = {}
    # A theme is open while its convention is in force.
    in_force = [row.pk for row in found.values() if row.is_in_force()]
    rows = ConventionTheme.objects.visible_to(user).filter(convention__in=in_force)
    for row in rows.select_related("theme"):
        themes.setdefault(row.convention_id, []).append(row.theme.name)
    return [_entry(user, commune, found.get(commune.nis), themes) for commune in communes]


def _entry(
    user: User, commune: Commune, convention: Convention | None, themes: dict[int, list[str]]
) -> dict[str, Any]:
    return {
        "commune": commune,
        "convention": convention,
        "themes": themes.get(convention.pk, []) if convention else [],
        "shows_dates": convention is not None and convention.dates_visible_to(user),
        "shows_text": convention is not None and convention.text_visible_to(user),
    }
