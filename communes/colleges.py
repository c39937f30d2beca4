"""The college of a commune on a day, and what is missing in the 19 together."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from communes.callers import Caller
from communes.models import Commune, Mandate, Portfolio

ENDING_WITHIN: Final = timedelta(days=30)
LAST: Final = 1000
"""Rank of an échevin whose rank is unknown."""


@dataclass
class College:
    """Who holds office in a commune on one day; an acting bourgmestre comes before the titular one."""

    bourgmestres: list[Mandate] = field(default_factory=list)
    echevins: list[Mandate] = field(default_factory=list)

    @property
    def members(self) -> list[Mandate]:
        """Everybody, bourgmestre first."""
        return [*self.bourgmestres, *self.echevins]

    @property
    def bourgmestre(self) -> Mandate | None:
        """Who does the work of bourgmestre."""
        return next(iter(self.bourgmestres), None)

    @property
    def trade(self) -> list[Mandate]:
        """Who holds trade: one, several, also the bourgmestre; empty is a gap."""
        return [mandate for mandate in self.members if Portfolio.TRADE in mandate.portfolios]


def colleges(communes: Iterable[str], on: date | None = None) -> dict[str, College]:
    """Return the colleges by NIS code: one query, however many communes."""
    rows = Mandate.objects.valid(on).filter(commune__in=list(communes)).select_related("user").order_by("pk")
    return assemble(communes, rows)


def assemble(communes: Iterable[str], rows: Iterable[Mandate]) -> dict[str, College]:
    """Return the colleges that these mandates make."""
    found: dict[str, College] = defaultdict(College)
    for row in sorted(rows, key=_protocol):
        college = found[row.commune_id]
        is_echevin = row.office == Mandate.Office.ECHEVIN
        (college.echevins if is_echevin else college.bourgmestres).append(row)
    return {nis: found[nis] for nis in communes}


def _protocol(row: Mandate) -> tuple[bool, int, str]:
    return not row.is_acting, row.rank or LAST, row.user.last_name


@dataclass(frozen=True)
class Gap:
    """Something that the agency must see to in one commune; `code` says what, `day` until when, if so."""

    commune: Commune
    code: str
    day: date | None = None
    mandate: Mandate | None = None


def gaps(commune: Commune, college: College, caller: Caller, today: date | None = None) -> list[Gap]:
    """Return what is missing in a commune, worst first."""
    day = today or timezone.localdate()
    found = []
    if caller.is_gap:
        found.append(Gap(commune, "nobody_to_call" if caller.user is None else "no_spoc"))
    if college.bourgmestre is None:
        found.append(Gap(commune, "no_bourgmestre"))
    if not college.trade:
        found.append(Gap(commune, "no_trade"))
    ending = [row for row in college.members if row.ends_on and row.ends_on - day <= ENDING_WITHIN]
    return found + [Gap(commune, "ending", row.ends_on, row) for row in ending]
