"""What roles may do in the desk with the nouns of this app, and the rights that mandates give."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from communes.models import Delegation, Mandate
from communes.models.mandate import acting_rows, communes_of
from communes.models.spoc import serving_rows
from hubportal.accounts.models import User
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


def rows_of(person: int, day: date) -> "list[QuerySet[Any, Any]]":
    """Return for which communes a person acts, which they serve, and for whom they stand in."""
    return [*acting_rows(person, day), *serving_rows(person, day)]


def holds_rights(user: User, on: date) -> bool:
    """Tell whether a person acts for some commune on a day, by mandate or delegation."""
    # Today's answer is kept on the instance, for the rest of the request.
    return bool(communes_of(user, None if on == timezone.localdate() else on))


def rights_ended_on(user: User) -> date | None:
    """Return the last day of the last mandate or delegation that ended, None when none did."""
    mandates = Mandate.objects.ended().filter(user=user).order_by().values_list("ends_on", flat=True)
    delegations = Delegation.objects.ended().filter(user=user).order_by().values_list("ends_on", flat=True)
    return max((day for day in mandates.union(delegations) if day), default=None)
