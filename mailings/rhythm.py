"""The calendar of a weekly rhythm: on which day, and at which moment, the edition of a week leaves.

The hour is that of Brussels on that day, so it stays the same when the clocks change; a holiday lets the edition leave
on the business day before. No function here reads the database. Outside the calendar's years they raise
`CalendarError`: an error, not a guess.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from hubportal.businessdays import holiday_name, is_business_day, last_business_day

BRUSSELS: Final = ZoneInfo("Europe/Brussels")
VALIDITY: Final = timedelta(hours=24)
"""How long after its moment an edition may still leave, after a breakdown; later it would be old news."""
WEEK: Final = timedelta(weeks=1)
_DAY: Final = timedelta(days=1)


class Rhythm(Protocol):
    """What a rhythm is: a day of the week (1 is Monday), an hour in Brussels, and the day before which it rests."""

    weekday: int
    leaves_at: time
    starts_on: date


@dataclass(frozen=True)
class Due:
    """When the edition of a week leaves; `usual` is the day of the rhythm, another one when that is a holiday."""

    week_on: date
    usual: date
    day: date
    at: datetime

    @property
    def is_shifted(self) -> bool:
        """Whether a holiday moves it."""
        return self.day != self.usual

    def holiday(self, language: str) -> str:
        """Return the name of the holiday that moves it, empty on any other day."""
        return holiday_name(self.usual, language if language in ("fr", "nl") else "en") or ""


def monday_of(day: date) -> date:
    """Return the first day of the week of a day."""
    return day - timedelta(days=day.weekday())


def due_in(rhythm: Rhythm, week_on: date) -> Due:
    """Return when the edition of a week leaves; a shift may lead into the week before."""
    usual = week_on + timedelta(days=rhythm.weekday - 1)
    day = last_business_day(usual)
    return Due(week_on, usual, day, datetime.combine(day, rhythm.leaves_at, BRUSSELS))


def coming(rhythm: Rhythm, after: datetime, not_before: date | None = None) -> Iterator[Due]:
    """Yield what leaves after a moment, in the weeks from `not_before` (a Monday) on, without end."""
    local = after.astimezone(BRUSSELS).date()
    week_on = max(monday_of(local), monday_of(rhythm.starts_on), not_before or date.min)
    while True:
        due = due_in(rhythm, week_on)
        if due.at > after and due.day >= rhythm.starts_on:
            yield due
        week_on += WEEK


def business_day_before(day: date, count: int) -> date:
    """Return the `count`-th business day before a day."""
    while count:
        day -= _DAY
        count -= is_business_day(day)
    return day
