"""Pages composed from the apps: each says in its module `panels.py` what it shows at a place.

    def home(user: User) -> list[Panel]: ...
    def commune(user: User, commune: Commune) -> list[Panel]: ...
    def convention(user: User, convention: Convention) -> list[Panel]: ...

A panel is a template that reads its values from `panel`. It leaves itself out when it has nothing to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from hubportal.accounts.models import User
from hubportal.composition import modules

Place = Literal["home", "commune", "convention"]
AreaName = Literal["head", "main", "aside"]
AREAS: Final[tuple[AreaName, ...]] = ("head", "main", "aside")


@dataclass(frozen=True)
class Panel:
    """A part of a page: `order` is its place among the others of its area (0 first)."""

    template: str
    context: Mapping[str, Any]
    area: AreaName = "main"
    order: int = 50


def collect(place: Place, user: User, *subject: Any) -> dict[AreaName, list[Panel]]:
    """Return the panels of each area at a place, in their order."""
    sources = [getattr(module, place) for module in modules("panels") if hasattr(module, place)]
    found = sorted(
        (panel for source in sources for panel in source(user, *subject)), key=lambda panel: panel.order
    )
    return {area: [panel for panel in found if panel.area == area] for area in AREAS}


def home(user: User) -> list[Panel]:
    """The dashboard's own share: to somebody without rights, that theirs ended."""
    if not user.has_rights_today():
        return [Panel("dashboard/panels/ended.html", {"day": user.rights_ended_on()}, "main", 0)]
    return []
