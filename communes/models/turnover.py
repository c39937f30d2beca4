"""What a new college changes in a commune from a day on: who ends, who goes on, who begins, which delegations fall.

Every mandate of the old college ends the day before, and every member of the new one holds a mandate of their own:
who goes on has two, as the history of the commune has it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communes.models.delegation import Delegation
from communes.models.mandate import Mandate, Portfolio
from hubportal.access.constraints import constraint_messages
from hubportal.accounts.journal import Kind, journal
from hubportal.accounts.models import User
from hubportal.fingerprint import fingerprint

Row = Mapping[str, Any]
"""A member as the file has it: office, rank, names, email, phone, language, portfolios."""


class Member(NamedTuple):
    """A member of the new college: the row, the person if they are known, and what they hold in the old one."""

    row: Row
    person: User | None
    before: Mandate | None

    @property
    def name(self) -> str:
        """The name: as it is recorded, else as the file has it."""
        return self.person.full_name if self.person else f"{self.row['first_name']} {self.row['last_name']}"

    @property
    def office(self) -> str:
        """The office in the reader's language."""
        return str(Mandate.Office(self.row["office"]).label)

    @property
    def portfolios(self) -> str:
        """The portfolios in the reader's language."""
        return ", ".join(str(Portfolio(code).label) for code in self.row["portfolios"])

    @property
    def has_another_office(self) -> bool:
        """Whether who goes on changes office."""
        return self.before is not None and self.before.office != self.row["office"]

    @property
    def has_other_portfolios(self) -> bool:
        """Whether who goes on holds other portfolios."""
        return self.before is not None and set(self.before.portfolios) != set(self.row["portfolios"])

    @property
    def other_name(self) -> str:
        """The name in the file where the address is recorded under another one: perhaps a mistake."""
        written = f"{self.row['first_name']} {self.row['last_name']}"
        return written if self.person and _plain(self.person.full_name) != _plain(written) else ""


@dataclass(frozen=True)
class Turnover:
    """All that changes in a commune on a day."""

    starts_on: date
    nis: str
    ending: list[Mandate]
    members: list[Member]
    falling: list[Delegation]
    later: list[Mandate]
    """Mandates that begin on the day or later: they must be ended or moved first."""
    with_a_role: frozenset[int]
    """Those who work at the agency or the Region: nobody stands on both sides."""
    closed: frozenset[int]
    """Those whose account was closed: only an administrator lets them in again."""

    @property
    def leaving(self) -> list[Mandate]:
        """The mandates of those who are not in the new college."""
        staying = {member.person.pk for member in self.members if member.person}
        return [row for row in self.ending if row.user_id not in staying]

    @property
    def going_on(self) -> list[Member]:
        """Those who hold a mandate in both."""
        return [member for member in self.members if member.before]

    @property
    def beginning(self) -> list[Member]:
        """Those who did not hold one before."""
        return [member for member in self.members if not member.before]

    @property
    def unknown(self) -> list[Member]:
        """Those of whom a record is made."""
        return [member for member in self.members if not member.person]

    @property
    def obstacles(self) -> list[str | Promise]:
        """Why it cannot be applied as it stands."""
        found: list[str | Promise] = []
        if self.starts_on < timezone.localdate():
            found.append(_("Its first day has passed: import the file again with a later one."))
        found += [
            _("%(name)s begins here on that day or later already: end that mandate first.")
            % {"name": row.user.full_name}
            for row in self.later
        ]
        people = [member.person.pk for member in self.members if member.person]
        if len(set(people)) < len(people):
            found.append(_("Two lines of the file are the same person."))
        return found + list(self._barred())

    def _barred(self) -> Iterator[str]:
        for member in self.members:
            key, facts = member.person and member.person.pk, {"name": member.name}
            if key in self.with_a_role:
                yield (
                    _("%(name)s has a role at the agency or the Region: have that role ended first.") % facts
                )
            elif key in self.closed:
                yield (
                    _(
                        "The account of %(name)s was closed: have an administrator let this person in again first."
                    )
                    % facts
                )

    @property
    def digest(self) -> str:
        """The fingerprint of what a person saw before they applied it."""
        return fingerprint(
            {
                "day": str(self.starts_on),
                "ending": [[row.pk, str(row.ends_on), row.portfolios] for row in self.ending],
                "members": [
                    [dict(member.row), member.person and member.person.pk] for member in self.members
                ],
                "falling": [row.pk for row in self.falling],
                "later": [row.pk for row in self.later],
            }
        )

    def carry_out(self, by: User) -> dict[str, list[Any]]:
        """End the old college and begin the new one, in the caller's transaction; return what takes it back."""
        last = self.starts_on - timedelta(days=1)
        undo: dict[str, list[Any]] = {"ended": [], "begun": [], "people": []}
        # The exclusion constraints read row by row: the old ones end first.
        for row in self.ending:
            undo["ended"].append([row.pk, str(row.ends_on) if row.ends_on else None])
            row.ends_on = last
            row.save(update_fields=["ends_on"])
            journal(Kind.CHANGED, by, row, fields=["ends_on"])
        with constraint_messages():
            for member in self.members:
                person = member.person or _recorded(member.row, by)
                undo["people"] += [] if member.person else [person.pk]
                mandate = self._begun(member, person)
                undo["begun"].append(mandate.pk)
                journal(Kind.RECORDED, by, mandate, fields=[])
        return undo

    def _begun(self, member: Member, person: User) -> Mandate:
        before = member.before
        # What the commune itself calls a portfolio is not in the file: it stays while the codes do.
        keeps = before is not None and not member.has_other_portfolios
        return Mandate.objects.create(
            user=person,
            commune_id=self.nis,
            office=member.row["office"],
            rank=member.row["rank"],
            portfolios=member.row["portfolios"],
            portfolio_fr=before.portfolio_fr if before and keeps else "",
            portfolio_nl=before.portfolio_nl if before and keeps else "",
            starts_on=self.starts_on,
        )


def turnover(nis: str, starts_on: date, rows: Sequence[Row]) -> Turnover:
    """Return what changes: seven queries at most, however many people."""
    mandates = Mandate.objects.filter(commune=nis).select_related("user").order_by("office", "rank", "pk")
    still = Q(ends_on__isnull=True) | Q(ends_on__gte=starts_on)
    ending = list(mandates.filter(still, starts_on__lt=starts_on))
    members = _members(rows, ending)
    staying = [member.person.pk for member in members if member.person]
    people = User.objects.filter(pk__in=staying).order_by()
    falling = Delegation.objects.filter(still, commune=nis).exclude(given_by__in=staying)
    return Turnover(
        starts_on,
        nis,
        ending,
        members,
        list(falling.select_related("user", "given_by").order_by("user__last_name", "pk")),
        list(mandates.filter(starts_on__gte=starts_on)),
        frozenset(people.with_a_role().values_list("pk", flat=True)),
        frozenset(people.closed().values_list("pk", flat=True)),
    )


def _members(rows: Sequence[Row], ending: Iterable[Mandate]) -> list[Member]:
    addresses = [row["email"] for row in rows if row["email"]]
    by_address = {person.email: person for person in User.objects.filter(email__in=addresses).order_by("pk")}
    held = {row.user_id: row for row in reversed(list(ending))}
    by_name = {_plain(row.user.full_name): row.user for row in held.values()}
    found = []
    for row in rows:
        # Without an address only who sits in the college already is known by name.
        name = _plain(f"{row['first_name']} {row['last_name']}")
        person = by_address.get(row["email"]) if row["email"] else by_name.get(name)
        found.append(Member(row, person, held.get(person.pk) if person else None))
    return found


def _plain(name: str) -> str:
    return " ".join(name.split()).casefold()


def _recorded(row: Row, by: User) -> User:
    person = User(
        email=row["email"] or None,
        first_name=row["first_name"],
        last_name=row["last_name"],
        phone=row["phone"],
        language=row["language"] or "fr",
        content_language=row["language"],
    )
    person.set_unusable_password()
    person.save()
    journal(Kind.RECORDED, by, person)
    return person
