"""When the edition of a week leaves: hours, holidays, changes of the clocks, the end of the calendar."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

import pytest

from hubportal.businessdays import CalendarError
from mailings.rhythm import BRUSSELS, business_day_before, coming, due_in


@dataclass
class Beat:
    """A rhythm without a row."""

    weekday: int = 5
    leaves_at: time = time(9)
    starts_on: date = date(2019, 1, 1)


def first(rhythm: Beat, after: datetime, count: int = 1) -> list[date]:
    """Return the days of the next editions."""
    return [due.day for due in islice(coming(rhythm, after), count)]


def test_an_ordinary_week_leaves_on_its_day() -> None:
    due = due_in(Beat(), date(2026, 11, 30))
    assert (due.day, due.is_shifted) == (date(2026, 12, 4), False)


def test_a_holiday_lets_it_leave_on_the_business_day_before() -> None:
    due = due_in(Beat(), date(2026, 12, 21))
    assert (due.day, due.usual) == (date(2026, 12, 24), date(2026, 12, 25))
    assert (due.holiday("fr"), due.holiday("nl"), due.holiday("de")) == ("Noël", "Kerstmis", "Christmas Day")


def test_a_monday_that_is_a_holiday_leads_into_the_week_before() -> None:
    due = due_in(Beat(weekday=1), date(2027, 3, 29))
    assert (due.day, due.week_on) == (date(2027, 3, 26), date(2027, 3, 29))


@pytest.mark.parametrize(("day", "hour"), [(date(2027, 3, 26), 8), (date(2027, 4, 2), 7)])
def test_in_spring_the_hour_of_brussels_stays(day: date, hour: int) -> None:
    assert due_in(Beat(), day - timedelta(days=4)).at.astimezone(UTC).hour == hour


@pytest.mark.parametrize(("day", "hour"), [(date(2027, 10, 29), 7), (date(2027, 11, 5), 8)])
def test_in_autumn_the_hour_of_brussels_stays(day: date, hour: int) -> None:
    assert due_in(Beat(), day - timedelta(days=4)).at.astimezone(UTC).hour == hour


def test_at_its_moment_the_next_one_is_that_of_the_next_week() -> None:
    moment = datetime(2026, 12, 4, 9, tzinfo=BRUSSELS)
    assert first(Beat(), moment) == [date(2026, 12, 11)]
    assert first(Beat(), moment - timedelta(seconds=1)) == [date(2026, 12, 4)]


def test_after_a_shift_into_the_week_before_no_week_comes_twice() -> None:
    after = datetime(2027, 3, 26, 12, tzinfo=BRUSSELS)
    assert first(Beat(weekday=1), after, 2) == [date(2027, 4, 5), date(2027, 4, 12)]


def test_nothing_leaves_before_the_first_day() -> None:
    rhythm = Beat(starts_on=date(2026, 12, 5))
    assert first(rhythm, datetime(2026, 11, 30, tzinfo=BRUSSELS)) == [date(2026, 12, 11)]


def test_beyond_the_calendar_it_does_not_guess() -> None:
    after = datetime(2031, 12, 29, tzinfo=BRUSSELS)
    with pytest.raises(CalendarError):
        first(Beat(), after, 2)


def test_business_days_are_counted_back_over_a_weekend_and_holidays() -> None:
    assert business_day_before(date(2026, 12, 28), 2) == date(2026, 12, 23)
