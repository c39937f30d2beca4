"""Who is to receive an edition on a day, commune by commune, who will not be reached, and who receives it besides."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Generic, Literal, NamedTuple, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from communes.colleges import College, assemble
from communes.models import Commune, Delegation, Mandate
from hubportal.accounts.models import RoleGrant, User
from mailings.gaps import BOURGMESTRE, Gap
from mailings.models.choices import BOTH
from mailings.models.extra import ExtraRecipient
from mailings.models.served import Right
from mailings.models.suppressed import SuppressedAddress

if TYPE_CHECKING:
    from mailings.models.mailing import Mailing

State = Literal["reached", "no_address", "suppressed"]
Person = User | ExtraRecipient
R = TypeVar("R", bound=Right, covariant=True)


class Reach(NamedTuple, Generic[R]):
    """A right for which the edition is meant, and whether its holder can be reached."""

    right: R
    state: State

    @property
    def person(self) -> Person:
        """Whose it is."""
        return person_of(self.right)

    @property
    def office(self) -> str:
        """As what they receive it, in the reader's language."""
        return office_of(self.right)


@dataclass
class Coverage:
    """One of the 19: through whom it is reached, and what is missing; nothing is where it is not meant to go."""

    commune: Commune
    reaches: list[Reach[Mandate]] = field(default_factory=list)
    vacancies: list[str] = field(default_factory=list)
    delegates: list[Reach[Delegation]] = field(default_factory=list)
    """Civil servants who receive it too: none of them makes up for an office holder who does not."""
    is_meant: bool = True

    @property
    def is_reached(self) -> bool:
        """Whether at least one person of the commune receives the edition."""
        return any(reach.state == "reached" for reach in self.everybody)

    @property
    def everybody(self) -> list[Reach[Right]]:
        """The office holders for whom it is meant, then the delegates."""
        return [*self.reaches, *self.delegates]

    @property
    def state(self) -> str:
        """What to show, as a code of the states called "reach"."""
        if not self.is_meant:
            return "not_meant"
        if not self.is_reached:
            return "nobody"
        return "partly" if self.gaps else "reached"

    @property
    def gaps(self) -> list[Gap]:
        """What is missing: vacant offices, then office holders who cannot be reached."""
        vacant = [Gap("vacant", office) for office in self.vacancies]
        return vacant + [Gap(row.state, mandate=row.right) for row in self.reaches if row.state != "reached"]

    @property
    def silent(self) -> list[Reach[Delegation]]:
        """The delegates who cannot be reached: to be known, no gap."""
        return [row for row in self.delegates if row.state != "reached"]

    @property
    def only_language(self) -> str:
        """The language that everybody reached here reads and no other: "fr" or "nl"; empty when both are read."""
        found = {row.person.content_language for row in self.everybody if row.state == "reached"}
        return found.pop() if len(found) == 1 else ""


class Recipient(NamedTuple):
    """One address, the rights that it serves (two people may share it), and whether it was stopped."""

    address: str
    person: Person
    rights: list[Right]
    is_suppressed: bool

    @property
    def language(self) -> str:
        """fr, nl, or both when the person's language is unknown."""
        return self.person.content_language or BOTH

    @property
    def communes(self) -> dict[str, Commune]:
        """The communes for which it is written to, by NIS code: none for who receives it besides them."""
        rows = (right for right in self.rights if isinstance(right, Mandate | Delegation))
        return {right.commune_id: right.commune for right in rows}


def coverage(mailing: "Mailing", on: date) -> list[Coverage]:
    """Return the 19 in NIS order: three queries, or four with the delegates, however many people."""
    communes = list(Commune.objects.order_by("nis"))
    rows = Mandate.objects.valid(on).select_related("user", "commune").order_by("pk")
    colleges = assemble([commune.nis for commune in communes], rows)
    delegates: dict[str, list[Delegation]] = defaultdict(list)
    if mailing.to_delegates:
        found = Delegation.objects.valid(on).select_related("user", "commune")
        for row in found.order_by("user__last_name", "pk"):
            delegates[row.commune_id].append(row)
    stopped = _stopped()
    return [
        _covered(mailing, commune, colleges[commune.nis], delegates[commune.nis], stopped)
        if mailing.is_meant_for(commune.nis)
        else Coverage(commune, is_meant=False)
        for commune in communes
    ]


def besides(mailing: "Mailing", on: date) -> list[Reach[RoleGrant | ExtraRecipient]]:
    """Return who receives it besides the communes: whoever holds a chosen role, then the named extra addresses."""
    rights: list[RoleGrant | ExtraRecipient] = []
    if mailing.to_roles:
        held = RoleGrant.objects.valid(on).filter(role__in=mailing.to_roles, user__is_active=True)
        rights += held.select_related("user").order_by("role", "user__last_name", "pk")
    if mailing.to_extras:
        rights += ExtraRecipient.objects.valid(on).order_by("full_name", "pk")
    stopped = _stopped() if rights else set()
    return [Reach(right, _state(right, stopped)) for right in rights]


def marks(found: Iterable[Coverage]) -> list[str]:
    """Return the marks of all gaps: what is kept when an edition is scheduled, to tell later which ones are new."""
    return [gap.mark(row.commune.nis) for row in found for gap in row.gaps]


def recipients(
    found: Iterable[Coverage], others: Iterable[Reach[RoleGrant | ExtraRecipient]] = ()
) -> list[Recipient]:
    """Return each address once, in the order of the communes, then the others; stopped ones included."""
    by_address: dict[str, Recipient] = {}

    def add(reach: Reach[Right]) -> None:
        if reach.state != "no_address":
            address = address_of(reach.person)
            known = by_address.get(address)
            if known is None:
                known = Recipient(address, reach.person, [], reach.state == "suppressed")
                by_address[address] = known
            known.rights.append(reach.right)

    for row in found:
        for reach in row.everybody:
            add(reach)
    for other in others:
        add(other)
    return list(by_address.values())


def person_of(right: Right) -> Person:
    """Return whose right it is."""
    return right if isinstance(right, ExtraRecipient) else right.user


def place_of(right: Right) -> str:
    """Return as what, and where, somebody receives an edition, in the present language."""
    if isinstance(right, Mandate | Delegation):
        return f"{office_of(right)}, {right.commune.name}"
    return office_of(right)


def address_of(person: Person) -> str:
    """Return to which address a person is written, in lower case; empty when none is known."""
    return (person.email or "").lower()


def recorded_at(person: Person) -> str:
    """Return the address at the desk where a person, or an extra address, is recorded."""
    noun = "mailings_extrarecipient" if isinstance(person, ExtraRecipient) else "accounts_user"
    return reverse(f"admin:{noun}_change", args=[person.pk])


def office_of(right: Right) -> str:
    """Return as what somebody receives an edition, in the present language."""
    if isinstance(right, Mandate):
        portfolio = right.portfolio_text
        return f"{right.title} ({portfolio})" if portfolio else right.title
    if isinstance(right, Delegation):
        return _("civil servant")
    return right.function if isinstance(right, ExtraRecipient) else right.get_role_display()


def _covered(
    mailing: "Mailing", commune: Commune, college: College, delegates: list[Delegation], stopped: set[str]
) -> Coverage:
    wanted: dict[int, Mandate] = {}
    vacancies: list[str] = []
    if mailing.to_bourgmestres:
        wanted |= {row.pk: row for row in college.bourgmestres}
        vacancies += [] if college.bourgmestres else [BOURGMESTRE]
    for portfolio in mailing.portfolios:
        holders = {row.pk: row for row in college.members if portfolio in row.portfolios}
        wanted |= holders
        vacancies += [] if holders else [portfolio]
    return Coverage(
        commune,
        [Reach(row, _state(row, stopped)) for row in wanted.values()],
        vacancies,
        [Reach(row, _state(row, stopped)) for row in delegates],
    )


def _stopped() -> set[str]:
    return set(SuppressedAddress.objects.order_by().values_list("address", flat=True))


def _state(right: Right, stopped: set[str]) -> State:
    address = address_of(person_of(right))
    if not address:
        return "no_address"
    return "suppressed" if address in stopped else "reached"
