"""What the files of new colleges hold of a person: their lines, told to them, and forgotten when they are."""

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from communes.models import CollegeTransition, Mandate
from communes.models.transition import TransitionStatus
from hubportal.accounts.models import User
from hubportal.look.dates import short_date
from hubportal.personal import NOTHING, Cell, Section, Subject

_NO_WAY: dict[str, str] = {"email": "", "phone": ""}


def sections(subject: Subject, most: int | None = None) -> Iterator[Section]:
    """Yield the lines as a section of what is known of somebody, the newest `most` (all, unless told)."""
    files = CollegeTransition.objects.all()
    lines = [_cells(row, row.rows[number]) for row, number in _lines(subject, files)]
    if lines:
        name, title = "communes.collegetransition.rows", _("Lines of files of new colleges")
        yield Section(name, title, lines[:most], len(lines))


def forget(subject: Subject) -> int:
    """Forget address and telephone of somebody in every file; name and office stay. Return of how many lines."""
    with transaction.atomic():
        # Who prepares or applies one takes a lock as well: it is read as it is, and stays so.
        rows = CollegeTransition.objects.select_for_update(of=("self",))
        found = [(row, number) for row, number in _lines(subject, rows) if _reaches(row.rows[number])]
        for row, number in found:
            row.rows[number] |= _NO_WAY
            CollegeTransition.objects.filter(pk=row.pk).update(rows=row.rows)
    return len(found)


def _reaches(line: dict[str, Any]) -> bool:
    return any(line[name] for name in _NO_WAY)


def _lines(subject: Subject, files: QuerySet[CollegeTransition]) -> Iterator[tuple[CollegeTransition, int]]:
    """Yield the transitions that speak of somebody, by address or as a person, and the number of the line."""
    user = subject.user if isinstance(subject.user, User) else None
    address = subject.address.lower()
    for row in (
        files.filter(_candidates(user, address)).exclude(rows=[]).select_related("commune").order_by("-pk")
    ):
        theirs = _of_person(row, user) if user else set()
        for number, line in enumerate(row.rows):
            if number in theirs or (address and line["email"] == address):
                yield row, number


def _candidates(user: User | None, address: str) -> Q:
    wanted = Q(rows__contains=[{"email": address}]) if address else Q(pk__in=[])
    if user:
        for pk in Mandate.objects.filter(user=user).order_by("pk").values_list("pk", flat=True):
            wanted |= Q(undo__begun__contains=pk)
        # In a file that is not applied yet, a member of the college may stand by name alone.
        wanted |= Q(status=TransitionStatus.DRAFT, commune__in=user.mandates.order_by().values("commune"))
    return wanted


def _of_person(row: CollegeTransition, user: User) -> set[int]:
    if row.status == TransitionStatus.DRAFT:
        members = row.turnover().members
        return {number for number, member in enumerate(members) if member.person == user}
    # Each line of an applied file began one mandate, in the same order.
    begun = row.undo["begun"]
    theirs = set(Mandate.objects.filter(pk__in=begun, user=user).order_by().values_list("pk", flat=True))
    return {number for number, pk in enumerate(begun) if pk in theirs}


def _cells(row: CollegeTransition, line: dict[str, Any]) -> list[Cell]:
    mandate, person = Mandate._meta, User._meta
    shown: list[tuple[str, Any, Any, str]] = [
        ("commune", mandate.get_field("commune"), str(row.commune), row.commune.name),
        ("starts_on", mandate.get_field("starts_on"), row.starts_on, short_date(row.starts_on)),
        ("office", mandate.get_field("office"), line["office"], Mandate(office=line["office"]).title),
    ]
    names = ("first_name", "last_name", "email", "phone")
    shown += [(name, person.get_field(name), line[name], line[name]) for name in names]
    return [
        Cell(name, capfirst(str(field.verbose_name)), value, text or NOTHING)
        for name, field, value, text in shown
    ]
