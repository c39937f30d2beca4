"""What the pages of meetings and evaluations show: what is open first, then what was held and written."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Q
from django.utils import timezone

from communes.callers import who_to_call
from communes.colleges import colleges
from conventions.models import (
    Attendance,
    Convention,
    Evaluation,
    MeetingAction,
    Party,
    Person,
    SteeringMeeting,
)
from hubportal.accounts.models import User

BY_URGENCY: Final = (F("due_on").asc(nulls_last=True), "pk")
"""What is due first, what has no day last."""
OPEN_FIRST: Final = (F("done_on").asc(nulls_first=True), *BY_URGENCY)
"""The same, with what is done after it."""

SOON: Final = timedelta(days=14)
"""How long before its day an action is spoken of at home."""


class Year(NamedTuple):
    """A year that may be evaluated, and its evaluation if there is one."""

    year: int
    evaluation: Evaluation | None


class Side(NamedTuple):
    """Who of one party was at a meeting, and who sent word."""

    party: str
    present: list[Attendance]
    excused: list[Attendance]


def overview(user: User, convention: Convention) -> dict[str, Any]:
    """Return the open actions, the next meeting and the last one, all of them, and the years: three queries."""
    today = timezone.localdate()
    rows = list(meetings(user, convention))
    actions = MeetingAction.objects.visible_to(user).open().filter(meeting__convention=convention)
    return {
        "actions": list(actions.select_related("meeting").order_by(*BY_URGENCY)),
        "next": next((row for row in reversed(rows) if row.held_on >= today), None),
        "last": next((row for row in rows if row.held_on < today), None),
        "meetings": rows,
        "years": years(user, convention),
    }


def meetings(user: User, convention: Convention) -> Any:
    """Return the meetings of a convention, the latest first, each with its number of open actions."""
    still_open = Count("actions", filter=Q(actions__done_on__isnull=True))
    return (
        SteeringMeeting.objects.visible_to(user)
        .filter(convention=convention)
        .annotate(open_actions=still_open)
        .order_by("-held_on", "-pk")
    )


def due_soon(user: User, communes: Iterable[str]) -> list[MeetingAction]:
    """Return the open actions of these communes' meetings that are late, or due within `SOON`: the first due first."""
    rows = MeetingAction.objects.visible_to(user).open()
    rows = rows.filter(
        meeting__convention__commune__in=list(communes), due_on__lte=timezone.localdate() + SOON
    )
    return list(rows.select_related("meeting__convention__commune").order_by(*BY_URGENCY))


def years(user: User, convention: Convention) -> list[Year]:
    """Return the years that may be evaluated, the latest first; one that was written stays, whatever the term is."""
    kept = {row.year: row for row in Evaluation.objects.visible_to(user).filter(convention=convention)}
    found = sorted({*Evaluation.years_of(convention), *kept}, reverse=True)
    return [Year(year, kept.get(year)) for year in found]


def of_year(user: User, convention: Convention, year: int) -> dict[str, Any]:
    """Return what feeds the evaluation of a year: its meetings, and the actions of the meetings or of its days."""
    in_year = (date(year, 1, 1), date(year, 12, 31))
    touched = Q(meeting__held_on__range=in_year) | Q(due_on__range=in_year) | Q(done_on__range=in_year)
    actions = MeetingAction.objects.visible_to(user).filter(touched, meeting__convention=convention)
    return {
        "meetings": list(meetings(user, convention).filter(held_on__range=in_year)),
        "actions": list(actions.select_related("meeting").order_by(*OPEN_FIRST)),
    }


def sides(user: User, meeting: SteeringMeeting) -> list[Side]:
    """Return who was there, by party: the commune first."""
    rows = list(Attendance.objects.visible_to(user).filter(meeting=meeting))
    found = []
    for party in Party:
        present = [row for row in rows if row.party == party and row.presence == "present"]
        excused = [row for row in rows if row.party == party and row.presence == "excused"]
        if present or excused:
            found.append(Side(str(party.label), present, excused))
    return found


def usual_people(convention: Convention, user: User) -> list[Person]:
    """Return who usually sits in the committee, not noted yet: bourgmestre, trade, SPOC, whoever writes."""
    college = colleges([convention.commune_id])[convention.commune_id]
    mandates = [*college.bourgmestres[:1], *college.trade]
    spoc = who_to_call(convention.commune).spoc
    sitting = {mandate.user: Party.COMMUNE for mandate in mandates}
    sitting |= {person: Party.AGENCY for person in (spoc, user) if person is not None}
    return [Person(person.full_name, party.value, "", person) for person, party in sitting.items()]
