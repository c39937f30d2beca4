"""Telling staff what came back: one mail a run to each editor, and to whoever answers for a commune concerned."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from django.conf import settings

from communes.callers import callers, lead_on_duty
from communes.models import Delegation, Mandate
from communes.recipients import reachable
from hubportal.accounts.letters import write_to
from hubportal.accounts.models import User
from mailings.audience import Person, person_of, recorded_at
from mailings.models import WRITERS, Delivery
from mailings.models.returning import Notice, said
from mailings.models.served import Right, Served

_RIGHTS: Final = {True: "accounts.change_user", False: "mailings.change_extrarecipient"}
"""What correcting the address of somebody with an account takes, and of an extra address."""


class Returned(NamedTuple):
    """A message that came back; `is_stopped`: its address does not exist, and was stopped for that."""

    delivery: Delivery
    notice: Notice
    is_stopped: bool


class Contact(NamedTuple):
    """Whom a message was for, by which number to call them, and where they are recorded at the desk."""

    person: Person
    phone: str
    link: str


class Line(NamedTuple):
    """What the mail says of a message: whom it was for, why it came back, and where the person is recorded."""

    delivery: Delivery
    people: list[Contact]
    communes: frozenset[str]
    is_stopped: bool
    is_behind: bool
    words: str
    may_record: bool = False
    """Whether the reader of the mail may record the right address."""


def tell(returned: Sequence[Returned]) -> None:
    """Write one mail to each person concerned, in the caller's transaction; nothing when nothing came back."""
    if not returned:
        return
    lines, editors, lead = _lines(returned), list(User.objects.holding(WRITERS)), lead_on_duty()
    by_person: dict[User, list[Line]] = dict.fromkeys(editors, lines)
    for nis, caller in callers({nis for line in lines for nis in line.communes}).items():
        if caller.user and caller.user not in editors:
            known = by_person.setdefault(caller.user, [])
            known += [line for line in lines if nis in line.communes and line not in known]
    for person in sorted(reachable(by_person), key=lambda row: row.pk):
        told = [_for(line, person) for line in by_person[person]]
        context = {"lines": told, "count": len(told), "lead": lead}
        write_to(
            str(person.email), person, "mailings/email/bounced.subject.txt", "mailings/email/bounced.txt", context,
            kind="mailing bounced",
        )  # fmt: skip


def _for(line: Line, reader: User) -> Line:
    """Return a line as one reader gets it: whether they may correct the address, and the links only if they may."""
    may = all(reader.has_perm(_RIGHTS[isinstance(contact.person, User)]) for contact in line.people)
    people = line.people if may else [contact._replace(link="") for contact in line.people]
    return line._replace(may_record=may, people=people)


def _lines(returned: Iterable[Returned]) -> list[Line]:
    keys = {row.delivery.pk: row for row in returned}
    served: dict[int, list[Right]] = defaultdict(list)
    pairs = Served.objects.filter(delivery__in=keys)
    for pair in pairs.select_related("mandate__user", "delegation__user", "grant__user", "extra").order_by(
        "pk"
    ):
        served[pair.delivery_id].append(pair.right)
    return [_line(row, served[key]) for key, row in keys.items()]


def _line(row: Returned, rights: Sequence[Right]) -> Line:
    people = dict.fromkeys(map(person_of, rights))
    return Line(
        row.delivery,
        [_contact(person) for person in people],
        frozenset(right.commune_id for right in rights if isinstance(right, Mandate | Delegation)),
        row.is_stopped,
        not row.notice.is_about_our_recipient,
        said(row.notice),
    )


def _contact(person: Person) -> Contact:
    phone = person.phone if isinstance(person, User) else ""
    return Contact(person, phone, settings.BASE_URL + recorded_at(person))
