"""What roles may do in the desk with the nouns of this app, and the rights that mandates give."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from communes.models import Delegation, Mandate
from communes.models.mandate import acting_rows, communes_of
from communes.models.spoc import serving_rows
from hubportal.accounts.models import User
from hubportal.accounts.rights import Held
from hubportal.accounts.roles import AGENCY_ROLES, STEWARDS, Role

_SERVING = STEWARDS | {Role.SPOC}

PERMISSIONS: dict[str, frozenset[Role]] = {
    "communes.view_commune": AGENCY_ROLES,
    "communes.change_commune": STEWARDS,
    "communes.view_mandate": AGENCY_ROLES,
    "communes.add_mandate": STEWARDS,
    "communes.change_mandate": STEWARDS,
    "communes.view_delegation": AGENCY_ROLES,
    "communes.add_delegation": STEWARDS,
    "communes.change_delegation": STEWARDS,
    "communes.view_assignment": AGENCY_ROLES,
    "communes.add_assignment": STEWARDS,
    "communes.change_assignment": STEWARDS,
    "communes.view_absence": AGENCY_ROLES,
    "communes.add_absence": _SERVING,
    "communes.change_absence": _SERVING,
    "communes.view_district": AGENCY_ROLES,
    "communes.add_district": _SERVING,
    "communes.change_district": _SERVING,
    "communes.view_merchantsassociation": AGENCY_ROLES,
    "communes.add_merchantsassociation": _SERVING,
    "communes.change_merchantsassociation": _SERVING,
}


OWN_MAIL = frozenset({"delegation given", "delegation withdrawn"})


def holders(day: date) -> "list[QuerySet[Any, Any]]":
    """Return who acts for some commune on a day, by mandate or delegation."""
    return [model.objects.valid(day).order_by().values("user") for model in (Mandate, Delegation)]


def rows_of(person: int, day: date) -> "list[QuerySet[Any, Any]]":
    """Return for which communes a person acts, which they serve, and for whom they stand in."""
    return [*acting_rows(person, day), *serving_rows(person, day)]


def holds_rights(user: User, on: date) -> bool:
    """Tell whether a person acts for some commune on a day, by mandate or delegation."""
    # Today's answer is kept on the instance, for the rest of the request.
    return bool(communes_of(user, None if on == timezone.localdate() else on))


def all_of_app(user: User) -> list[Held]:
    """Return the mandates and delegations of a person, whenever; a delegation ends with the mandate of its giver."""
    mandates = user.mandates.select_related("commune").order_by("pk")
    offices = [
        Held(f"{capfirst(row.title)}, {row.commune.name}", row.starts_on, row.ends_on) for row in mandates
    ]
    delegation = _("Delegation")
    rows = Delegation.objects.filter(user=user).select_related("commune").with_last_day()
    return offices + [
        Held(f"{delegation}, {row.commune.name}", row.starts_on, row.last_day) for row in rows.order_by("pk")
    ]
