"""Whom a commune calls today: the stand-in of an absent SPOC, the SPOC, else a lead; a gap is an alert."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from django.utils import timezone

from communes.models.commune import Commune
from communes.models.spoc import Absence, Assignment
from hubportal.accounts.models import AGENCY_ROLES, Role, User

Capacity = Literal["spoc", "stand_in", "lead", "nobody"]


@dataclass(frozen=True)
class Caller:
    """The person to call for one commune on one day.

    `spoc` is the assigned SPOC also while somebody else answers; `until` is the last day of the SPOC's absence.
    """

    capacity: Capacity
    user: User | None
    spoc: User | None = None
    until: date | None = None

    @property
    def is_gap(self) -> bool:
        """Whether this commune has no SPOC of its own that day (a lead, or nobody, answers)."""
        return self.capacity in ("lead", "nobody")


def who_to_call(commune: Commune, on: date | None = None) -> Caller:
    """Return the person to call for a commune on a day (today in Brussels, unless told)."""
    return callers([commune.nis], on)[commune.nis]


def lead_on_duty(on: date | None = None) -> User | None:
    """Return the lead who answers where no SPOC does: the first who is not away, else the first of all."""
    leads = User.objects.holding([Role.LEAD], on).order_by("pk")
    away = Absence.objects.valid(on).values("user")
    return leads.exclude(pk__in=away).first() or leads.first()


def callers(communes: Iterable[str], on: date | None = None) -> dict[str, Caller]:
    """Return whom to call, by NIS code: three queries, two more at most where a lead answers, however many communes."""
    day = on or timezone.localdate()
    at_agency = set(User.objects.holding(AGENCY_ROLES, day).values_list("pk", flat=True))
    spocs = {row.commune_id: row.user for row in Assignment.objects.valid(day).select_related("user")}
    absences = {row.user_id: row for row in Absence.objects.valid(day).select_related("stand_in")}
    found = {nis: _caller(spocs.get(nis), absences, at_agency) for nis in communes}
    if all(found.values()):
        return {nis: caller for nis, caller in found.items() if caller}
    lead = lead_on_duty(day)
    return {nis: caller or _lead(lead, spocs.get(nis), absences, at_agency) for nis, caller in found.items()}


def _lead(lead: User | None, spoc: User | None, absences: dict[int, Absence], at_agency: set[int]) -> Caller:
    away = absences.get(spoc.pk) if spoc and spoc.pk in at_agency else None
    return Caller("lead" if lead else "nobody", lead, spoc, away.ends_on if away else None)


def _caller(spoc: User | None, absences: dict[int, Absence], at_agency: set[int]) -> Caller | None:
    if spoc is None or spoc.pk not in at_agency:
        return None
    absence = absences.get(spoc.pk)
    if absence is None:
        return Caller("spoc", spoc, spoc)
    stand_in = absence.stand_in
    if stand_in.pk in at_agency and stand_in.pk not in absences:
        return Caller("stand_in", stand_in, spoc, absence.ends_on)
    return None
