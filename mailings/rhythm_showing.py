"""A weekly rhythm as pages show it: what leaves in the next weeks, and what became of the last ones."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from itertools import zip_longest
from typing import Any, Final, NamedTuple

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hubportal.accounts.models import User
from hubportal.businessdays import CalendarError
from hubportal.look.dates import hour, short_date
from mailings.models import Mailing, Run, Schedule, ScheduleRevision
from mailings.rhythm import WEEK, Due, coming, due_in

WEEKS: Final = 8
PAST: Final = 6
CHANGES: Final = 20
ALTERABLE: Final = ("name_fr", "name_nl", "weekday", "leaves_at", "starts_on", "writers", "is_active")


class Week(NamedTuple):
    """A week that is to come: when its edition leaves, and which it is; its usual day when a holiday moves it."""

    at: datetime
    week_on: date
    mailing: Mailing | None = None
    usual: date | None = None
    holiday: str = ""
    may_open: bool = False
    """Whether the reader sees its edition."""


class Altered(NamedTuple):
    """What somebody changed: each field with what it said before and since; no lines: they set the rhythm."""

    at: datetime
    by: User
    lines: Sequence[tuple[str, str, str]]


class Shown(NamedTuple):
    """A rhythm with its weeks; `ends`: the calendar of holidays does not reach all of them."""

    schedule: Schedule
    weeks: Sequence[Week]
    past: Sequence[Run]
    ends: bool
    writers: Sequence[User]
    history: Sequence[Altered]


class Line(NamedTuple):
    """A rhythm in one line: its next week."""

    schedule: Schedule
    week: Week


def shown(schedule: Schedule, user: User) -> Shown:
    """Return what the page of a rhythm shows: five queries."""
    runs = schedule.runs.with_sight(user).select_related("schedule")
    run = runs.open().first()
    weeks = [_week(run)] if run else []
    ends = False
    if schedule.is_active:
        after, first = (run.leaves_at, run.week_on + WEEK) if run else (timezone.now(), None)
        try:
            for due in coming(schedule, after, first):
                if len(weeks) == WEEKS:
                    break
                weeks.append(_planned(due))
        except CalendarError:
            ends = True
    past = list(runs.closed()[:PAST])
    people = list(schedule.people.order_by("last_name", "pk"))
    return Shown(schedule, weeks, past, ends, people, history(schedule))


def history(schedule: Schedule) -> list[Altered]:
    """Return who changed what and when, newest first: two queries."""
    rows = list(schedule.revisions.select_related("by").order_by("-pk")[: CHANGES + 1])
    people = User.objects.in_bulk({key for row in rows for key in row.writers})
    pairs = zip_longest(rows, rows[1:])
    found = [
        Altered(row.at, row.by, _altered(before, row, people) if before else []) for row, before in pairs
    ]
    # The last one was read only to tell what the one after it changed.
    return found[:CHANGES]


def _altered(
    before: ScheduleRevision, after: ScheduleRevision, people: Mapping[int, User]
) -> list[tuple[str, str, str]]:
    """Return the name of each field that changed, and its two values in words."""
    found = []
    for name in ALTERABLE:
        if getattr(before, name) != getattr(after, name):
            field: Any = ScheduleRevision._meta.get_field(name)
            label = str(capfirst(field.verbose_name))
            found.append((label, _worded(before, name, people), _worded(after, name, people)))
    return found


def _worded(row: ScheduleRevision, name: str, people: Mapping[int, User]) -> str:
    value = getattr(row, name)
    if name == "writers":
        return ", ".join(people[key].full_name for key in value if key in people) or _("all editors")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, time):
        return hour(value)
    if isinstance(value, date):
        return short_date(value)
    return str(row.get_weekday_display()) if name == "weekday" else str(value)


def lines(user: User) -> list[Line]:
    """Return each rhythm in one line, for those who write, approve and follow editions: one query."""
    runs = Run.objects.visible_to(user).open().active().with_sight(user).select_related("schedule")
    return [Line(run.schedule, _week(run)) for run in runs]


def _week(run: Any) -> Week:
    """Return the week that is being prepared; its own moment counts, whatever the rhythm says by now."""
    try:
        due = due_in(run.schedule, run.week_on)
    except CalendarError:
        due = None
    week = _planned(due) if due and due.at == run.leaves_at else Week(run.leaves_at, run.week_on)
    return week._replace(mailing=run.mailing, may_open=run.may_open)


def _planned(due: Due) -> Week:
    if not due.is_shifted:
        return Week(due.at, due.week_on)
    return Week(due.at, due.week_on, None, due.usual, due.holiday((get_language() or "fr")[:2]))
