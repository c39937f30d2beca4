"""Pages composed from the apps: each says in its module `panels.py` what it shows at a place.

    def home(user: User) -> list[Panel]: ...
    def commune(user: User, commune: Commune) -> list[Panel]: ...
    def convention(user: User, convention: Convention) -> list[Panel]: ...

A panel is a template that reads its values from `panel`. It leaves itself out when it has nothing to say.

A column of the coverage matrix, one row for each commune, comes from the same modules:

    def columns(user: User) -> list[Column]: ...
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from django.utils.functional import Promise
from django.utils.safestring import SafeString

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


@dataclass(frozen=True)
class Cell:
    """What a column says of one commune: a text or a tag, where it leads to, a smaller line below it."""

    text: str | SafeString
    url: str = ""
    sub: str | SafeString = ""


@dataclass(frozen=True)
class Column:
    """A column of the matrix: its cells by the key of their row, asked of the database at once."""

    title: str | Promise
    cells: Mapping[str, Cell]
    order: int = 50


def matrix(user: User) -> list[Column]:
    """Return the columns of the coverage matrix that a person may read, in their order."""
    sources = [module.columns for module in modules("panels") if hasattr(module, "columns")]
    return sorted((column for source in sources for column in source(user)), key=lambda column: column.order)


def collect(place: Place, user: User, *subject: Any) -> dict[AreaName, list[Panel]]:
    """Return the panels of each area at a place, in their order."""
    sources = [getattr(module, place) for module in modules("panels") if hasattr(module, place)]
    found = sorted(
        (panel for source in sources for panel in source(user, *subject)), key=lambda panel: panel.order
    )
    return {area: [panel for panel in found if panel.area == area] for area in AREAS}


def home(user: User) -> list[Panel]:
    """The dashboard's own share: to somebody without rights, that theirs ended; to a commune, a second factor."""
    if not user.has_rights_today():
        context = {"day": user.rights_ended_on(), "begins": user.rights_begin_on()}
        return [Panel("dashboard/panels/ended.html", context, "main", 0)]
    if user.offers_factor and not user.roles:
        return [Panel("dashboard/panels/factor.html", {}, "main", 99)]
    return []
