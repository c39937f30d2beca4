"""The clocks, as pure functions; fixed days of 2026, whose holidays are in the calendar."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError

from hubportal.businessdays import CalendarError, add_business_days
from spoc import deadlines

FRIDAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)


def test_an_answer_is_due_in_two_business_days() -> None:
    assert deadlines.answer_due_on(FRIDAY) == date(2026, 11, 24)
    assert deadlines.answer_due_on(date(2026, 11, 21)) == date(2026, 11, 24)
    # 25 December is a legal holiday.
    assert deadlines.answer_due_on(date(2026, 12, 23)) > date(2026, 12, 25)


@pytest.mark.parametrize(
    ("needed_on", "proposed"),
    [
        (None, date(2026, 12, 7)),
        (date(2026, 12, 7), date(2026, 12, 7)),
        (date(2027, 3, 1), date(2026, 12, 7)),
        (date(2026, 12, 3), date(2026, 12, 3)),
        # A Sunday: the Friday before.
        (date(2026, 11, 29), date(2026, 11, 27)),
        (MONDAY, MONDAY),
        # Too late to help: at once.
        (FRIDAY, MONDAY),
    ],
)
def test_a_delivery_is_proposed_while_it_helps(needed_on: date | None, proposed: date) -> None:
    assert deadlines.proposed_due(MONDAY, needed_on) == proposed


def test_beyond_the_calendar_is_an_error() -> None:
    with pytest.raises(CalendarError):
        deadlines.answer_due_on(date(2040, 1, 2))


def test_waiting_moves_the_due_date_by_the_business_days_in_between() -> None:
    assert deadlines.due_after_waiting(date(2026, 12, 1), FRIDAY, MONDAY) == (date(2026, 12, 2), 1)
    assert deadlines.due_after_waiting(date(2026, 12, 1), MONDAY, MONDAY) == (date(2026, 12, 1), 0)
    assert deadlines.due_after_waiting(date(2026, 12, 1), FRIDAY, date(2026, 11, 22)) == (
        date(2026, 12, 1),
        0,
    )


@pytest.mark.parametrize("count", [1, 3, 15])
def test_longest_ago_is_the_inverse(count: int) -> None:
    day = deadlines.longest_ago(MONDAY, count)
    assert add_business_days(day, count) < MONDAY
    assert add_business_days(date.fromordinal(day.toordinal() + 1), count) >= MONDAY


@pytest.mark.parametrize(
    "day", [date(2026, 11, 22), date(2026, 11, 28), date(2026, 12, 25), date(2050, 1, 3)]
)
def test_a_bad_due_date(day: date) -> None:
    with pytest.raises(ValidationError):
        deadlines.check_due(day, MONDAY)


def test_today_is_a_good_due_date() -> None:
    deadlines.check_due(MONDAY, MONDAY)


def test_a_reopened_request_keeps_a_due_date_far_ahead() -> None:
    assert deadlines.due_after_reopening(date(2027, 3, 1), MONDAY) == date(2027, 3, 1)
    assert deadlines.due_after_reopening(date(2026, 3, 2), MONDAY) == add_business_days(MONDAY, 10)


def test_a_late_warning_puts_the_end_off() -> None:
    waiting = deadlines.start_of(date(2026, 10, 1))
    assert deadlines.closes_on(waiting, []) == date(2026, 11, 15)
    assert deadlines.closes_on(waiting, [date(2026, 10, 8), date(2026, 10, 22)]) == date(2026, 11, 15)
    assert deadlines.closes_on(waiting, [MONDAY]) == date(2026, 12, 31)
    assert deadlines.closes_on(waiting, [date(2026, 10, 8), MONDAY]) == date(2026, 12, 17)
