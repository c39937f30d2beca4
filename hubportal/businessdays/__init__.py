"""Business days of the Brussels Region, from the holidays checked in beside this file.

Saturdays, Sundays, legal holidays and the days off of regional staff are no business days. The file covers
whole years; any other year raises `CalendarError`, because a guess would move a deadline in silence.
"""

import csv
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import NamedTuple

_SOURCE = Path(__file__).with_name("holidays_brussels.csv")
_SATURDAY = 5
_ONE_DAY = timedelta(days=1)


class CalendarError(Exception):
    """The calendar does not cover this day."""


class _Names(NamedTuple):
    fr: str
    nl: str
    en: str


def is_business_day(day: date) -> bool:
    """Tell whether the agency works on a day; CalendarError outside the calendar's years."""
    return day not in _holidays_around(day) and day.weekday() < _SATURDAY


def holiday_name(day: date, language: str) -> str | None:
    """Return the name of a holiday in fr, nl or en; None on any other day. CalendarError as above."""
    names = _holidays_around(day).get(day)
    return names._asdict()[language] if names else None


def add_business_days(day: date, count: int) -> date:
    """Return the `count`-th business day after `day`, which itself does not count.

    With a count of 0: the day itself, or the first business day after it. A negative count is a ValueError.
    """
    if count < 0:
        raise ValueError("count must be 0 or more")
    if count == 0:
        return day if is_business_day(day) else add_business_days(day, 1)
    while count:
        day += _ONE_DAY
        count -= is_business_day(day)
    return day


def last_business_day(day: date) -> date:
    """Return the day itself, or the last business day before it; CalendarError as above."""
    while not is_business_day(day):
        day -= _ONE_DAY
    return day


def business_days_between(start: date, end: date) -> int:
    """Return how many business days come after `start`, up to and including `end`.

    ValueError when `end` is earlier. So business_days_between(day, add_business_days(day, n)) is n,
    for n of 1 and more.
    """
    if end < start:
        raise ValueError("end comes before start")
    return _number_of(end) - _number_of(start)


def _number_of(day: date) -> int:
    """Return how many business days the calendar has up to and including a day."""
    _holidays_around(day)
    first, numbers = _numbers()
    return numbers[(day - first).days]


@cache
def _numbers() -> tuple[date, list[int]]:
    """Return the first day of the calendar, and the number of business days up to each day from there on."""
    first, last = (date(year, *day) for year, day in zip(_years(), ((1, 1), (12, 31)), strict=True))
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return first, list(accumulate(int(is_business_day(day)) for day in days))


def _holidays_around(day: date) -> Mapping[date, _Names]:
    """Return the calendar, once `day` is known to lie in it."""
    first, last = _years()
    if not first <= day.year <= last:
        raise CalendarError(f"{day} lies outside the calendar, which covers {first} to {last}")
    return _holidays()


@cache
def _years() -> tuple[int, int]:
    return min(_holidays()).year, max(_holidays()).year


@cache
def _holidays() -> Mapping[date, _Names]:
    with _SOURCE.open(encoding="utf-8", newline="") as lines:
        return {
            date.fromisoformat(row["date"]): _Names(row["name_fr"], row["name_nl"], row["name_en"])
            for row in csv.DictReader(lines)
        }
