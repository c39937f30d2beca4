"""Business days of the Brussels Region."""

import csv
from datetime import date
from pathlib import Path

import pytest

from hubportal import businessdays
from hubportal.businessdays import (
    CalendarError,
    add_business_days,
    business_days_between,
    holiday_name,
    is_business_day,
    last_business_day,
)


def test_a_plain_monday_is_one() -> None:
    assert is_business_day(date(2026, 11, 23))


@pytest.mark.parametrize(
    "day",
    [
        pytest.param(date(2026, 11, 22), id="sunday"),
        pytest.param(date(2026, 7, 21), id="legal holiday"),
        pytest.param(date(2026, 5, 8), id="day off of regional staff"),
    ],
)
def test_these_are_none(day: date) -> None:
    assert not is_business_day(day)


def test_fifteen_days_over_christmas() -> None:
    # 21 to 24 and 28 to 31 December, 4 to 8 January (1 January is a Friday), 11 and 12 January.
    assert add_business_days(date(2026, 12, 18), 15) == date(2027, 1, 12)


def test_no_day_further_is_the_day_itself_or_the_next_one() -> None:
    assert add_business_days(date(2026, 11, 23), 0) == date(2026, 11, 23)
    assert add_business_days(date(2026, 11, 21), 0) == date(2026, 11, 23)


def test_the_last_one_up_to_a_day_is_the_day_itself_or_one_before_it() -> None:
    assert last_business_day(date(2026, 11, 23)) == date(2026, 11, 23)
    # 27 December is a Sunday, the day before it a day off of regional staff, and 25 December a holiday.
    assert last_business_day(date(2026, 12, 27)) == date(2026, 12, 24)


@pytest.mark.parametrize("count", [1, 2, 7, 45, 260])
def test_counting_is_the_reverse_of_adding(count: int) -> None:
    start = date(2025, 4, 30)
    assert business_days_between(start, add_business_days(start, count)) == count


def test_nothing_lies_between_friday_and_sunday() -> None:
    assert business_days_between(date(2026, 11, 20), date(2026, 11, 22)) == 0


def test_the_name_of_a_holiday_in_each_language() -> None:
    day = date(2026, 5, 8)
    assert holiday_name(day, "fr") == "Fête de l'Iris"
    assert holiday_name(day, "nl") == "Irisfeest"
    assert holiday_name(day, "en") == "Iris Day (Brussels Region)"
    assert holiday_name(date(2026, 5, 7), "fr") is None


@pytest.mark.parametrize("day", [date(2018, 12, 31), date(2032, 1, 1)])
def test_outside_the_calendar_is_an_error_and_no_guess(day: date) -> None:
    with pytest.raises(CalendarError, match="2019 to 2031"):
        is_business_day(day)
    with pytest.raises(CalendarError):
        holiday_name(day, "fr")


def test_a_deadline_beyond_the_calendar_is_an_error() -> None:
    with pytest.raises(CalendarError):
        add_business_days(date(2031, 12, 30), 5)
    with pytest.raises(CalendarError):
        business_days_between(date(2018, 12, 30), date(2019, 1, 1))


def test_a_count_or_an_order_that_means_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="count"):
        add_business_days(date(2026, 1, 1), -1)
    with pytest.raises(ValueError, match="before"):
        business_days_between(date(2026, 1, 2), date(2026, 1, 1))


def test_the_file_is_sound() -> None:
    source = Path(businessdays.__file__).with_name("holidays_brussels.csv")
    with source.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    days = [date.fromisoformat(row["date"]) for row in rows]
    assert days == sorted(set(days))
    assert all(f"{day:%a}" == row["weekday"] for day, row in zip(days, rows, strict=True))
    assert all(row["name_fr"] and row["name_nl"] and row["name_en"] for row in rows)
