"""What this app shows at home, by role: a commune's people, SPOCs, the rest of the agency, cabinet and task force."""

from datetime import date
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communes import map as drawing
from communes.callers import Caller, callers, lead_on_duty
from communes.closures import holiday_today
from communes.colleges import College, colleges, gaps
from communes.context import ActingCommune, communes_for
from communes.models import Absence, Commune, Mandate
from hubportal.accounts.models import AGENCY_ROLES, STEWARDS, Role, User
from hubportal.accounts.roles import OUTSIDE_ROLES
from hubportal.dashboard.panels import AreaName, Cell, Column, Panel


def home(user: User) -> list[Panel]:
    """Return the panels of a person's home page; whoever has several roles gets those of each."""
    panels: list[Panel] = []
    if user.has_role(*AGENCY_ROLES):
        panels += _agency(user)
    elif user.has_role(*OUTSIDE_ROLES):
        panels += _outside()
    acting = [] if user.is_staff else communes_for(user)
    return panels + (_commune_people(user, acting) if acting else [])


def columns(user: User) -> list[Column]:
    """Return whom each commune calls today, for the agency."""
    if not user.has_role(*AGENCY_ROLES):
        return []
    found = callers(Commune.objects.values_list("nis", flat=True))
    cells = {
        nis: Cell(caller.user.full_name if caller.user else gettext("Nobody"))
        for nis, caller in found.items()
    }
    return [Column(_("Who to call today"), cells, 20)]


# --- The people of a commune -------------------------------------------------------------------------------


def _commune_people(user: User, acting: list[ActingCommune]) -> list[Panel]:
    """Show whom to call and the college; of several communes, the template shows the chosen one."""
    names = [item.commune.nis for item in acting]
    to_call, by_commune = callers(names), colleges(names)
    entries = [
        {
            "item": item,
            "commune": item.commune,
            "caller": to_call[nis],
            "college": by_commune[nis],
            "delegates": any(row.user_id == user.pk for row in by_commune[nis].members),
            **item.counts,
        }
        for nis, item in zip(names, acting, strict=True)
    ]
    context = {"entries": entries, "holiday": holiday_today()}
    return [
        Panel("communes/panels/hello_commune.html", context, "head", 10),
        Panel("communes/panels/your_commune.html", context, "main", 10),
        Panel("communes/panels/who_to_call.html", context, "aside", 10),
    ]


# --- The agency --------------------------------------------------------------------------------------------


def _agency(user: User) -> list[Panel]:
    today = timezone.localdate()
    acting = communes_for(user)
    communes = [item.commune for item in acting]
    names = [commune.nis for commune in communes]
    to_call, by_commune = callers(names, today), colleges(names, today)
    # Figures are what a director comes for; who has work to do finds that first, and the figures above the map.
    place: tuple[AreaName, int] = ("head", 20) if user.has_role(Role.DIRECTOR, Role.ADMIN) else ("main", 55)
    panels = [Panel("communes/panels/figures.html", _figures(acting, to_call, by_commune), *place)]
    if user.has_role(*STEWARDS, Role.DIRECTOR):
        found = [
            gap
            for commune in communes
            for gap in gaps(commune, by_commune[commune.nis], to_call[commune.nis], today)
        ]
        panels.append(Panel("communes/panels/attention.html", {"gaps": found}, "main", 10))
        panels.append(Panel("communes/panels/spocs.html", {"spocs": _load(communes, to_call)}, "main", 40))
    if user.has_role(Role.SPOC):
        panels += _spoc(user, communes, to_call, by_commune, today)
    else:
        panels.append(Panel("communes/panels/map.html", {"map": drawing.picture(communes)}, "main", 60))
    return panels


def _figures(
    acting: list[ActingCommune], to_call: dict[str, Caller], by_commune: dict[str, College]
) -> dict[str, Any]:
    """Return the four figures: who can be called, trade, college members who can sign in, associations."""
    in_office = {row.user for college in by_commune.values() for row in college.members}
    return {
        "total": len(to_call),
        "with_spoc": sum(not caller.is_gap for caller in to_call.values()),
        "with_trade": sum(bool(college.trade) for college in by_commune.values()),
        "in_office": len(in_office),
        "can_sign_in": sum(person.is_active for person in in_office),
        "associations": sum(item.counts["associations"] for item in acting),
        "active": sum(item.counts["active"] for item in acting),
    }


def _load(communes: list[Commune], to_call: dict[str, Caller]) -> list[dict[str, Any]]:
    """Return each SPOC with their communes and, while away, who stands in."""
    rows: dict[int, dict[str, Any]] = {}
    for commune in communes:
        caller = to_call[commune.nis]
        if caller.spoc:
            row = rows.setdefault(caller.spoc.pk, {"spoc": caller.spoc, "caller": caller, "communes": []})
            row["communes"].append(commune)
    return sorted(rows.values(), key=lambda row: row["spoc"].last_name)


# --- A SPOC ------------------------------------------------------------------------------------------------


def _spoc(
    user: User,
    communes: list[Commune],
    to_call: dict[str, Caller],
    by_commune: dict[str, College],
    today: date,
) -> list[Panel]:
    mine = {nis for nis, caller in to_call.items() if caller.spoc == user}
    served = [commune for commune in communes if commune.nis in mine or to_call[commune.nis].user == user]
    served.sort(key=lambda commune: commune.nis not in mine)
    rows = [
        {
            "commune": commune,
            "is_mine": commune.nis in mine,
            "caller": to_call[commune.nis],
            "college": by_commune[commune.nis],
        }
        for commune in served
    ]
    absences = Absence.objects.filter(Q(user=user) | Q(stand_in=user), ends_on__gte=today).select_related(
        "user", "stand_in"
    )
    own_gaps = [
        gap
        for commune in served
        for gap in gaps(commune, by_commune[commune.nis], to_call[commune.nis], today)
    ]
    picture = drawing.picture(communes, {commune.nis for commune in served})
    return [
        *([Panel("communes/panels/attention.html", {"gaps": own_gaps}, "main", 5)] if own_gaps else []),
        Panel("communes/panels/my_communes.html", {"rows": rows}, "main", 10),
        Panel("communes/panels/map.html", {"map": picture}, "main", 60),
        Panel(
            "communes/panels/my_absences.html",
            {"absences": absences},
            "aside",
            20,
        ),
    ]


# --- Cabinet and task force --------------------------------------------------------------------------------


def _outside() -> list[Panel]:
    communes = list(Commune.objects.all())
    names = [commune.nis for commune in communes]
    lead = lead_on_duty()
    rows = zip(communes, colleges(names).values(), callers(names).values(), strict=True)
    filled = Mandate.objects.valid().count()
    return [
        Panel("communes/panels/map.html", {"map": drawing.picture(communes)}, "main", 20),
        Panel("communes/panels/the_19.html", {"rows": list(rows), "filled": filled}, "main", 30),
        Panel(
            "communes/panels/agency_contact.html", {"person": lead, "holiday": holiday_today()}, "aside", 10
        ),
    ]
