"""What today's grants allow, collected from each app's `rights.py` the way Django finds `admin.py`.

Such a module may hold `PERMISSIONS` (permission → roles that have it), `holds_rights(user, on)` (rights that
do not come from a role grant: mandates, delegations) and `rights_ended_on(user)`.
"""

from collections.abc import Iterator
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from django.utils import timezone

from hubportal.accounts.roles import AGENCY_ROLES, STEWARDS, Role
from hubportal.composition import modules

if TYPE_CHECKING:
    from hubportal.accounts.models import User

PERMISSIONS: dict[str, frozenset[Role]] = {
    "accounts.view_user": AGENCY_ROLES,
    "accounts.add_user": STEWARDS,
    "accounts.change_user": STEWARDS,
    "accounts.invite_user": STEWARDS,
    "accounts.view_rolegrant": AGENCY_ROLES,
    "accounts.add_rolegrant": frozenset({Role.ADMIN}),
    "accounts.change_rolegrant": frozenset({Role.ADMIN}),
    "accounts.view_invitation": STEWARDS,
    "accounts.view_journalentry": frozenset({Role.ADMIN, Role.DIRECTOR}),
    "outbox.view_outboxmessage": frozenset({Role.ADMIN}),
}


@cache
def permissions_of(roles: frozenset[Role]) -> frozenset[str]:
    """Return every permission that one of these roles gives."""
    table = [item for module in modules("rights") for item in getattr(module, "PERMISSIONS", {}).items()]
    return frozenset(permission for permission, holders in table if holders & roles)


def held_by(user: "User", on: date | None = None) -> bool:
    """Tell whether a mandate, a delegation or the like gives this person a right on a day (today)."""
    day = on or timezone.localdate()
    return user.is_active and any(
        module.holds_rights(user, day) for module in modules("rights") if hasattr(module, "holds_rights")
    )


def ends_of(user: "User") -> Iterator[date | None]:
    """Yield the last day of the rights that ended, one of each app."""
    for module in modules("rights"):
        if hasattr(module, "rights_ended_on"):
            yield module.rights_ended_on(user)
