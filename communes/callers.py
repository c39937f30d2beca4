"""Whom a commune calls today: the stand-in of an absent SPOC, the SPOC, else a lead; a gap is an alert."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from django.db.models import Exists, FilteredRelation, OuterRef
from django.utils import timezone

from communes.models.commune import Commune
from communes.models.spoc import Absence, Assignment
from hubportal.access.dated import holding_on
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
    is_away = Exists(Absence.objects.valid(on).filter(user=OuterRef("pk")))
    return User.objects.holding([Role.LEAD], on).order_by(is_away, "pk").first()


def callers(communes: Iterable[str], on: date | None = None) -> dict[str, Caller]:
    """Return whom to call, by NIS code: one query, one more where a lead answers, however many communes."""
    names, day = list(communes), on or timezone.localdate()
    serving = {row.commune_id: row for row in _serving(names, day)}
    found = {nis: _caller(serving.get(nis)) for nis in names}
    if all(found.values()):
        return {nis: caller for nis, caller in found.items() if caller}
    lead = lead_on_duty(day)
    return {nis: caller or _lead(lead, serving.get(nis)) for nis, caller in found.items()}


def _serving(communes: list[str], day: date) -> Any:
    """Return the assignments of a day: whether their SPOC is of the agency, the `absence` if any, who then answers."""
    at_agency = User.objects.holding(AGENCY_ROLES, day).order_by()
    away = Absence.objects.valid(day).order_by().values("user")
    stands_in = at_agency.filter(pk=OuterRef("absence__stand_in")).exclude(pk__in=away)
    rows: Any = Assignment.objects.valid(day).filter(commune__in=communes).order_by("commune")
    return rows.annotate(
        absence=FilteredRelation("user__absences", condition=holding_on(day, "user__absences__")),
        is_at_agency=Exists(at_agency.filter(pk=OuterRef("user"))),
        has_stand_in=Exists(stands_in),
    ).select_related("user", "absence__stand_in")


def _absence(row: Any) -> Absence | None:
    """Return the absence of a SPOC of the agency; the relation is missing where there is none."""
    return getattr(row, "absence", None) if row and row.is_at_agency else None


def _lead(lead: User | None, row: Any) -> Caller:
    away = _absence(row)
    return Caller(
        "lead" if lead else "nobody", lead, row.user if row else None, away.ends_on if away else None
    )


def _caller(row: Any) -> Caller | None:
    """Return who answers by an assignment; None where a lead does."""
    if row is None or not row.is_at_agency:
        return None
    absence = _absence(row)
    if absence is None:
        return Caller("spoc", row.user, row.user)
    return Caller("stand_in", absence.stand_in, row.user, absence.ends_on) if row.has_stand_in else None
