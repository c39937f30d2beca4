"""What this app shows elsewhere: one's next steps at home; the card of a commune's convention, there and on the
commune's page; its column of the coverage matrix."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communes.context import communes_for
from communes.models import Commune
from communes.models.spoc import communes_served_by
from conventions.current import current, current_of
from conventions.following import due_soon
from conventions.listing import ORDER
from conventions.models import Amendment, Convention, ConventionTheme, MeetingAction, Signatory
from conventions.models.queryset import ConventionQuerySet
from conventions.todo import Line, lines
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, Role, User
from hubportal.dashboard.panels import Cell, Column, Panel
from hubportal.look.states import tag

SHOWN: Final = 5


def home(user: User) -> list[Panel]:
    """Return a person's next steps, and for the people of a commune its card; the template shows the chosen one."""
    acting = [] if user.is_staff else communes_for(user)
    if not acting:
        return _agency(user)
    communes = [item.commune for item in acting]
    rows = Convention.objects.visible_to(user).filter(commune__in=communes)
    found = list(_in_order(rows))
    entries = _entries(user, communes, current_of(found))
    return [
        *_steps_of(user, communes, [row for row in found if row.is_unsigned]),
        *_actions_of(user, communes),
        Panel("conventions/panels/home.html", {"entries": entries}, "aside", 20),
    ]


def commune(user: User, commune: Commune) -> list[Panel]:
    """Return the card of a commune, as far as this person may read it."""
    entries = _entries(user, [commune], current(user, [commune.nis]))
    return [Panel("conventions/panels/commune.html", {"entries": entries}, "aside", 60)]


def columns(user: User) -> list[Column]:
    """Return the state of each commune's convention of today; below it, of the one that is to follow."""
    if not user.has_role(*AGENCY_ROLES):
        return []
    communes = list(Commune.objects.values_list("nis", flat=True))
    found = current(user, communes)
    following = {row.commune_id: row for row in Convention.objects.visible_to(user).open().order_by("pk")}
    cells = {nis: _cell(found.get(nis), following.get(nis)) for nis in communes}
    return [Column(_("Framework agreement"), cells, 10)]


def _cell(convention: Convention | None, following: Convention | None) -> Cell:
    sub = tag("convention", following.state) if following else ""
    shown = convention or following
    return Cell(
        tag("convention", convention.state if convention else "none"),
        shown.get_absolute_url() if shown else "",
        sub,
    )


# --- Next steps ------------------------------------------------------------------------------------------------


def _steps_of(user: User, communes: list[Commune], unsigned: list[Convention]) -> list[Panel]:
    """Show the people of communes what is written with them: left out where nothing is."""
    amended = Amendment.objects.visible_to(user).open().filter(convention__commune__in=communes)
    found = _lines(unsigned, amended, user)
    entries = [
        {"commune": commune, "lines": own}
        for commune in communes
        if (own := [line for line in found if line.row.nis == commune.nis])
    ]
    return [Panel("conventions/panels/steps.html", {"entries": entries}, "main", 4)] if entries else []


def _agency(user: User) -> list[Panel]:
    """Show a lead the steps in all agreements, a SPOC those in the communes they serve: their own steps first."""
    if not user.has_role(Role.SPOC, *STEWARDS):
        return _panel(_to_sign(user))
    rows = Convention.objects.visible_to(user)
    amended = Amendment.objects.visible_to(user).open()
    served = communes_served_by(user)
    if not user.has_role(*STEWARDS):
        rows, amended = rows.filter(commune__in=served), amended.filter(convention__commune__in=served)
    ending = Q(pk__in=rows.maybe_ending().filter(status="signed", successor__isnull=True).values("pk"))
    shown = _in_order(rows.filter(Q(pk__in=rows.open().values("pk")) | ending))
    return [
        *_panel([line for line in _lines(shown, amended, user) if line.next is not None]),
        *_actions([(None, due_soon(user, served))]),
    ]


def _to_sign(user: User) -> list[Line]:
    """Return what waits for the signature of a person who follows no agreement otherwise: a director's."""
    is_frozen = Q(convention__status="to_sign") | Q(amendment__status="to_sign")
    rows = Signatory.objects.visible_to(user).filter(is_frozen, user=user, signed_on=None)
    read = ("convention__commune", "convention__successor", "amendment__convention__commune")
    # As the list has them; amendments, which have no convention of this sort, come last.
    first_day = F("convention__in_force_from").desc(nulls_first=True)
    found = rows.select_related(*read).order_by(
        "convention__commune_id", first_day, "convention_id", "amendment_id"
    )
    return lines([row.agreement for row in found if row.agreement], user)


def _in_order(rows: ConventionQuerySet) -> ConventionQuerySet:
    """Return conventions in the order of the list, with what the lines about them read."""
    return rows.select_related("commune", "successor").order_by(*ORDER)


def _lines(conventions: Iterable[Convention], amendments: Any, user: User) -> list[Line]:
    """Return what a reader does about conventions, then about amendments."""
    return lines([*conventions, *amendments.select_related("convention__commune").order_by("pk")], user)


def _panel(found: list[Line]) -> list[Panel]:
    found.sort(key=lambda line: not (line.next and line.next.is_mine))
    context = {"lines": found[:SHOWN], "more": len(found) - SHOWN}
    return [Panel("conventions/panels/agency_steps.html", context, "main", 8)] if found else []


def _actions_of(user: User, communes: list[Commune]) -> list[Panel]:
    """Show the people of communes what the meetings of their committee ask for, while its day is near or past."""
    found = due_soon(user, [commune.nis for commune in communes])
    return _actions(
        [
            (commune, [row for row in found if row.meeting.convention.commune == commune])
            for commune in communes
        ]
    )


def _actions(found: list[tuple[Commune | None, list[MeetingAction]]]) -> list[Panel]:
    entries = [
        {"commune": commune, "actions": rows[:SHOWN], "more": len(rows) - SHOWN}
        for commune, rows in found
        if rows
    ]
    return [Panel("conventions/panels/actions.html", {"entries": entries}, "main", 9)] if entries else []


# --- The card --------------------------------------------------------------------------------------------------


def _entries(user: User, communes: list[Commune], found: dict[str, Convention]) -> list[dict[str, Any]]:
    """Return for each commune its convention and what may be shown of it: one query, however many."""
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
