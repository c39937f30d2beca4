"""Who is to receive an edition on a day, commune by commune, and who will not be reached."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

from communes.colleges import College, assemble
from communes.models import Commune, Mandate
from hubportal.accounts.models import User
from mailings.gaps import BOURGMESTRE, Gap
from mailings.models.choices import BOTH
from mailings.models.suppressed import SuppressedAddress

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing

State = Literal["reached", "no_address", "suppressed"]


class Reach(NamedTuple):
    """A mandate that the edition is meant for, and whether its holder can be reached."""

    mandate: Mandate
    state: State


@dataclass
class Coverage:
    """One of the 19: through whom it is reached, and what is missing."""

    commune: Commune
    reaches: list[Reach] = field(default_factory=list)
    vacancies: list[str] = field(default_factory=list)

    @property
    def is_reached(self) -> bool:
        """Whether at least one person of the commune receives the edition."""
        return any(reach.state == "reached" for reach in self.reaches)

    @property
    def state(self) -> str:
        """What to show, as a code of the states called "reach"."""
        if not self.is_reached:
            return "nobody"
        return "partly" if self.gaps else "reached"

    @property
    def gaps(self) -> list[Gap]:
        """What is missing: vacant offices, then people who cannot be reached."""
        vacant = [Gap("vacant", office) for office in self.vacancies]
        return vacant + [
            Gap(row.state, mandate=row.mandate) for row in self.reaches if row.state != "reached"
        ]


class Recipient(NamedTuple):
    """One address, the mandates it serves (two may share it), and whether it was stopped."""

    address: str
    user: User
    mandates: list[Mandate]
    is_suppressed: bool

    @property
    def language(self) -> str:
        """fr, nl, or both when the person's language is unknown."""
        return self.user.content_language or BOTH


def coverage(mailing: "Mailing", on: date) -> list[Coverage]:
    """Return the 19 in NIS order: three queries, however many people."""
    communes = list(Commune.objects.order_by("nis"))
    rows = Mandate.objects.valid(on).select_related("user", "commune").order_by("pk")
    colleges = assemble([commune.nis for commune in communes], rows)
    stopped = set(SuppressedAddress.objects.order_by().values_list("address", flat=True))
    return [_covered(mailing, commune, colleges[commune.nis], stopped) for commune in communes]


def marks(found: Iterable[Coverage]) -> list[str]:
    """Return the marks of all gaps: what is kept when an edition is scheduled, to tell later which ones are new."""
    return [gap.mark(row.commune.nis) for row in found for gap in row.gaps]


def recipients(found: Iterable[Coverage]) -> list[Recipient]:
    """Return each address once, in the order of the communes, stopped ones included."""
    by_address: dict[str, Recipient] = {}
    for row in found:
        for mandate, state in row.reaches:
            address = (mandate.user.email or "").lower()
            if state != "no_address":
                known = Recipient(address, mandate.user, [], state == "suppressed")
                by_address.setdefault(address, known).mandates.append(mandate)
    return list(by_address.values())


def _covered(mailing: "Mailing", commune: Commune, college: College, stopped: set[str]) -> Coverage:
    wanted: list[Mandate] = []
    vacancies: list[str] = []
    if mailing.to_bourgmestres:
        wanted += college.bourgmestres
        vacancies += [] if college.bourgmestres else [BOURGMESTRE]
    for portfolio in mailing.portfolios:
        holders = [row for row in college.members if portfolio in row.portfolios]
        wanted += [row for row in holders if row not in wanted]
        vacancies += [] if holders else [portfolio]
    return Coverage(commune, [Reach(row, _state(row, stopped)) for row in wanted], vacancies)


def _state(mandate: Mandate, stopped: set[str]) -> State:
    address = (mandate.user.email or "").lower()
    if not address:
        return "no_address"
    return "suppressed" if address in stopped else "reached"
