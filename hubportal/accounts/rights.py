"""What today's grants allow, collected from each app's `rights.py` the way Django finds `admin.py`.

Such a module may hold `PERMISSIONS` (permission → roles that have it), `rows_of(person, day)` (what a person holds on
a day: querysets of kind and value, by the person's key), `holds_rights(user, on)` (rights that do not come from a role
grant: mandates, delegations) and `rights_ended_on(user)`.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import QuerySet, Value
from django.utils import timezone

from hubportal.access.prepared import Prepared
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
    "accounts.view_objection": frozenset({Role.ADMIN}),
    "accounts.change_objection": frozenset({Role.ADMIN}),
    "accounts.view_journalentry": frozenset({Role.ADMIN, Role.DIRECTOR}),
    "outbox.view_outboxmessage": frozenset({Role.ADMIN}),
}


def rows_of(person: int, day: date) -> "list[QuerySet[Any, Any]]":
    """Return the roles granted to a person."""
    grants: Any = apps.get_model("accounts", "RoleGrant").objects.valid(day)
    return [grants.filter(user=person).order_by().values_list(Value("role"), "role")]


def held_today(user: "User") -> Mapping[str, frozenset[str]]:
    """Return what a person holds today by kind: one query for all that every page asks, kept on the instance."""
    return user.once("rights", lambda: _held(user, timezone.localdate()))


def _held(user: "User", day: date) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    if user.is_active and user.pk is not None:
        for kind, value in _question()(user.pk, day):
            found[kind].add(value)
    return defaultdict(frozenset, {kind: frozenset(values) for kind, values in found.items()})


@cache
def _question() -> Prepared:
    def ask(person: int, day: date) -> "QuerySet[Any, Any]":
        modules_with_rows = [module for module in modules("rights") if hasattr(module, "rows_of")]
        first, *others = [rows for module in modules_with_rows for rows in module.rows_of(person, day)]
        found: QuerySet[Any, Any] = first.union(*others, all=True)
        return found

    return Prepared(ask, -1, date.min)


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
