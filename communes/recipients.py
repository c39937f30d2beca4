"""Who is written to about a commune: only people who may act today, and whose address is known."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from communes.callers import who_to_call
from communes.models import Commune, Mandate
from hubportal.accounts.models import Role, User


def reachable(people: Iterable[User]) -> list[User]:
    """Return those with an address, each once."""
    return list({person.pk: person for person in people if person.email and person.is_active}.values())


def leads(on: date | None = None) -> list[User]:
    """Return the leads of a day (today)."""
    return reachable(User.objects.holding([Role.LEAD], on))


def callers_of(commune: Commune, on: date | None = None) -> list[User]:
    """Return whom the commune calls on a day (today): the SPOC, their stand-in, or a lead."""
    caller = who_to_call(commune, on).user
    return reachable([caller] if caller else [])


def answering_for(commune: Commune) -> list[User]:
    """Return who answers for a commune: those who hold trade today, else its bourgmestres."""
    return _trade(commune) or _bourgmestres(commune)


def in_charge_of(commune: Commune) -> list[User]:
    """Return who agrees for a commune to what binds it: its bourgmestres, and those who hold trade today."""
    return reachable([*_bourgmestres(commune), *_trade(commune)])


def _trade(commune: Commune) -> list[User]:
    return reachable(row.user for row in _in_office(commune).holding("trade"))


def _bourgmestres(commune: Commune) -> list[User]:
    return reachable(row.user for row in _in_office(commune).bourgmestres())


def _in_office(commune: Commune) -> Any:
    return Mandate.objects.valid().filter(commune=commune, user__is_active=True).select_related("user")
