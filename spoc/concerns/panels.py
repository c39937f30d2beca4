"""What concerns show elsewhere: at home, what waits for a commune or a SPOC; on the page of a commune, what is open
there; their columns of the coverage matrix. One query for each."""

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Case, Count, Value, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from communes.models.mandate import communes_of
from hubportal.accounts.models import AGENCY_ROLES, Role, User
from hubportal.dashboard.panels import Cell, Column, Panel
from hubportal.look.states import free_tag
from spoc.concerns.list_filter import URGENT
from spoc.concerns.nextstep import lines
from spoc.list_filter import GOING_ON
from spoc.listing import together
from spoc.models import Concern, Side
from spoc.models.concern_parties import IS_URGENT
from spoc.models.concern_queryset import awaiting

ORDER: Final = ("turn", "-raised_at", "-pk")
SHOWN: Final = 3
"""As many concerns of each commune, and of each sort: what is below them must be found on a phone too."""


def home(user: User, communes: Sequence[Commune]) -> list[Panel]:
    """Return what waits for the people of these communes, or for a SPOC or lead."""
    if communes:
        return _commune_people(user, communes)
    return _servants(user) if user.has_role(Role.SPOC, Role.LEAD) else []


def commune(user: User, commune: Commune) -> list[Panel]:
    """Return what is open in a commune, for its own people and the agency."""
    if not (user.has_role(*AGENCY_ROLES) or commune.nis in communes_of(user)):
        return []
    side = Side.AGENCY if user.has_role(*AGENCY_ROLES) else Side.COMMUNE
    rows = _by_turn(Concern.objects.visible_to(user).filter(commune=commune).open(), side)
    entry = _entry(user, commune, list(rows[: SHOWN + 1]))
    if not entry["lines"]:
        return []
    more = f"?{urlencode({'commune': commune.nis, 'state': GOING_ON})}" if side == Side.AGENCY else ""
    return [Panel("spoc/concerns/panels/commune.html", entry | {"more": more}, "main", 22)]


def columns(user: User) -> list[Column]:
    """Return how many concerns of each commune are open, and how many urgent ones wait for an answer."""
    if not user.has_role(*AGENCY_ROLES):
        return []
    rows = Concern.objects.visible_to(user).open().order_by().values_list("commune")
    counted = list(rows.annotate(open=Count("*"), urgent=Count("status", filter=IS_URGENT)))
    address = reverse("spoc:concern-list")
    are_open, are_urgent = {}, {}
    for nis, number, urgent in counted:
        url = f"{address}?{urlencode({'commune': nis, 'state': GOING_ON})}"
        are_open[nis] = Cell(str(number), url)
        if urgent:
            url = f"{address}?{urlencode({'commune': nis, 'state': URGENT})}"
            are_urgent[nis] = Cell(free_tag("line", "alert", str(urgent)), url)
    return [
        Column(_("Open concerns"), are_open, 43),
        Column(_("Urgent concerns"), are_urgent, 44),
    ]


def _commune_people(user: User, communes: Sequence[Commune]) -> list[Panel]:
    """Show what is open in each commune that a person acts for; the template shows the chosen one."""
    rows = _by_turn(Concern.objects.visible_to(user).open(), Side.COMMUNE)
    shown = list(together([rows.filter(commune=commune)[: SHOWN + 1] for commune in communes], *ORDER))
    entries = [
        _entry(user, commune, [row for row in shown if row.commune_id == commune.nis]) for commune in communes
    ]
    return [Panel("spoc/concerns/panels/home.html", {"entries": entries}, "main", 5)]


def _servants(user: User) -> list[Panel]:
    """Show a SPOC what is to qualify and to pass on in the communes they serve, a lead in all 19."""
    rows = Concern.objects.visible_to(user).with_turns().urgent_first()
    rows = rows if user.has_role(Role.LEAD) else rows.served_by(user)
    # One of which the commune was asked something waits for its answer.
    parts = {"raised": rows.filter(awaiting(Side.AGENCY)).with_spoc(), "answered": rows.to_pass_on()}
    asked = [part.annotate(part=Value(name))[: SHOWN + 1] for name, part in parts.items()]
    shown: list[Any] = list(together(asked, "is_calm", "-raised_at", "-pk"))
    if not shown:
        return []
    lists = {name: [row for row in shown if row.part == name] for name in parts}
    context = {
        name: {"lines": lines(found[:SHOWN], user), "has_more": len(found) > SHOWN}
        for name, found in lists.items()
    }
    return [Panel("spoc/concerns/panels/spoc.html", context, "main", 7)]


def _by_turn(rows: Any, side: Side) -> Any:
    """Return concerns in the order in which a party reads them: what waits for it first."""
    turn = Case(When(awaiting(side), then=Value(0)), default=Value(1))
    return rows.with_turns().annotate(turn=turn).order_by(*ORDER)


def _entry(user: User, commune: Commune, found: Sequence[Concern]) -> dict[str, Any]:
    return {"commune": commune, "lines": lines(found[:SHOWN], user), "has_more": len(found) > SHOWN}
