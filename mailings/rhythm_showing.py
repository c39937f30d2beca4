"""A weekly rhythm as pages show it: what leaves in the next weeks, and what became of the last ones."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from django.utils import timezone
from django.utils.translation import get_language

from hubportal.accounts.models import User
from hubportal.businessdays import CalendarError
from mailings.models import Mailing, Run, Schedule
from mailings.rhythm import WEEK, Due, coming, due_in

WEEKS: Final = 8
PAST: Final = 6


class Week(NamedTuple):
    """A week that is to come: when its edition leaves, and which it is; its usual day when a holiday moves it."""

    at: datetime
    week_on: date
    mailing: Mailing | None = None
    usual: date | None = None
    holiday: str = ""
    may_open: bool = False
    """Whether the reader sees its edition."""


class Shown(NamedTuple):
    """A rhythm with its weeks; `ends`: the calendar of holidays does not reach all of them."""

    schedule: Schedule
    weeks: Sequence[Week]
    past: Sequence[Run]
    ends: bool
    writers: Sequence[User]


class Line(NamedTuple):
    """A rhythm in one line: its next week."""

    schedule: Schedule
    week: Week


def shown(schedule: Schedule, user: User) -> Shown:
    """Return what the page of a rhythm shows: three queries."""
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
    return Shown(schedule, weeks, past, ends, list(schedule.people.order_by("last_name", "pk")))


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
