"""For which commune a person acts now: what each page's frame and the panels read from the template's context.

Somebody may act for several communes; the choice is kept in the session. Nothing is asked of the database
until a template reads one of the two variables.
"""

from typing import Any, Final, NamedTuple

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from communes.models import Commune, Delegation, District, Mandate, MerchantsAssociation
from communes.models.mandate import communes_of, held_by
from communes.models.spoc import communes_served_by
from hubportal.accounts.models import User
from hubportal.look.dates import short_date

SESSION_KEY: Final = "commune"


class ActingCommune(NamedTuple):
    """A commune of the menu; `capacity` says as what the person acts there, empty for the agency.

    How many shopping districts and merchants' associations it has comes in the same query.
    """

    commune: Commune
    capacity: str
    counts: dict[str, int]


def acting(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `acting_communes` (empty for cabinet and task force), `current_commune` (or None)."""
    found = SimpleLazyObject(lambda: communes_for(getattr(request, "user", None)))
    return {
        "acting_communes": found,
        "current_commune": SimpleLazyObject(lambda: current(request, found)),
    }


def communes_for(user: User | AnonymousUser | None) -> list[ActingCommune]:
    """Return the communes a person acts for today, in NIS order; all 19 for the agency, as shortcuts.

    The answer is kept on the instance, so for one request: each part of a page asks.
    """
    if not isinstance(user, User):
        return []
    return list(user.once("communes for", lambda: _communes_for(user)))


def served_communes(user: User) -> list[Commune]:
    """Return the communes that a person serves today, as SPOC or as their stand-in: rows of the menu's."""
    served = communes_served_by(user)
    return [item.commune for item in communes_for(user) if item.commune.nis in served]


def _communes_for(user: User) -> list[ActingCommune]:
    if user.is_staff:
        return [ActingCommune(row, "", _counts(row)) for row in Commune.objects.annotate(**_counted("pk"))]
    mandates, delegations = held_by(user)
    of_mandates = mandates.select_related("commune").annotate(**_counted("commune"))
    found = {row.commune_id: ActingCommune(row.commune, _held(row), _counts(row)) for row in of_mandates}
    # A mandate comes before a delegation: those are asked for only where there is no mandate.
    others = delegations.filter(commune__in=communes_of(user) - found.keys()).with_last_day()
    of_others = others.select_related("commune").annotate(**_counted("commune"))
    found |= {row.commune_id: ActingCommune(row.commune, _delegated(row), _counts(row)) for row in of_others}
    return [found[nis] for nis in sorted(found)]


_COUNTED: Final[dict[str, QuerySet[Any]]] = {
    "districts": District.objects.all(),
    "associations": MerchantsAssociation.objects.all(),
    "active": MerchantsAssociation.objects.filter(status="active"),
}


def _counted(commune: str) -> dict[str, Coalesce]:
    """Return the counts as annotations of rows that have a commune in this column."""
    return {
        f"{name}_counted": Coalesce(Subquery(_number(rows.filter(commune=OuterRef(commune)))), 0)
        for name, rows in _COUNTED.items()
    }


def _number(rows: Any) -> Any:
    return rows.order_by().values("commune").annotate(number=Count("*")).values("number")


def _counts(row: Any) -> dict[str, int]:
    return {name: getattr(row, f"{name}_counted") for name in _COUNTED}


def current(request: HttpRequest, found: "list[ActingCommune] | SimpleLazyObject") -> Commune | None:
    """Return the commune chosen in the session if the person still acts for it, else their first; None for others."""
    user = getattr(request, "user", None)
    if not isinstance(user, User) or user.is_staff:
        return None
    communes = {item.commune.nis: item.commune for item in found}
    chosen = request.session.get(SESSION_KEY)
    return communes.get(chosen) or next(iter(communes.values()), None)


def _held(mandate: Mandate) -> str:
    text = mandate.portfolio_text
    return (
        _("%(office)s, %(portfolio)s") % {"office": mandate.title, "portfolio": text}
        if text
        else mandate.title
    )


def _delegated(delegation: Delegation) -> str:
    if delegation.last_day is None:
        return _("delegation")
    return _("delegation until %(day)s") % {"day": short_date(delegation.last_day)}
