"""What today's grants allow, collected from each app's `rights.py` the way Django finds `admin.py`.

Such a module may hold `PERMISSIONS` (permission → roles that have it), `rows_of(person, day)` (what a person holds on
a day: querysets of kind and value, by the person's key), `holds_rights(user, on)` (rights that do not come from a role
grant: mandates, delegations); `all_of_app(user)` (every right of theirs, whenever); `holders(day)` (who holds a right
on a day, invited or not: querysets of their keys) and `OWN_MAIL` (kinds of mail about a person's own account or rights,
whatever ended).
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any, NamedTuple

from django.apps import apps
from django.db.models import Q, QuerySet, Value
from django.utils import timezone

from hubportal.access.prepared import Prepared
from hubportal.accounts.notices import CHANGES
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


OWN_MAIL = frozenset({"invitation", "objection answered", *CHANGES})


def holders(day: date) -> "list[QuerySet[Any, Any]]":
    """Return who holds a role."""
    grants: Any = apps.get_model("accounts", "RoleGrant").objects.valid(day)
    return [grants.order_by().values("user")]


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


class Held(NamedTuple):
    """A right of a person, whenever: as one calls it, from which day to which (None: open)."""

    words: str
    starts_on: date
    ends_on: date | None


def all_of(user: "User") -> list[Held]:
    """Return every right that a person ever held or will hold, the latest first: a few queries for each app."""
    found = [
        row
        for module in modules("rights")
        if hasattr(module, "all_of_app")
        for row in module.all_of_app(user)
    ]
    return sorted(found, key=lambda row: (row.ends_on or date.max, row.starts_on), reverse=True)


def all_of_app(user: "User") -> list[Held]:
    """Return the roles of a person."""
    rows = user.grants.order_by("pk")
    return [Held(row.get_role_display(), row.starts_on, row.ends_on) for row in rows]


def held_by(user: "User", on: date | None = None) -> bool:
    """Tell whether a mandate, a delegation or the like gives this person a right on a day (today)."""
    day = on or timezone.localdate()
    return user.is_active and any(
        module.holds_rights(user, day) for module in modules("rights") if hasattr(module, "holds_rights")
    )


def holding(day: date, person: str) -> Q:
    """Return the condition that whom a row names holds some right on a day, invited or not."""
    found = [
        rows for module in modules("rights") if hasattr(module, "holders") for rows in module.holders(day)
    ]
    return reduce(or_, (Q(**{f"{person}__in": rows}) for rows in found))


def own_mail() -> frozenset[str]:
    """Return the kinds of mail that a person receives whatever rights they hold."""
    return frozenset[str]().union(*(getattr(module, "OWN_MAIL", ()) for module in modules("rights")))
