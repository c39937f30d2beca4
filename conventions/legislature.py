"""The terms of communal councils: six years from 1 December (Nouvelle loi communale, art. 2; the present one: 2024)."""

from datetime import date
from typing import Final, NamedTuple

YEARS: Final = 6
_FIRST: Final = 2024


class Legislature(NamedTuple):
    """First and last day."""

    starts_on: date
    ends_on: date


def legislature_of(day: date) -> Legislature:
    """Return the communal legislature of a day: 1 December 2024 to 30 November 2030 holds today's."""
    year = day.year if day >= date(day.year, 12, 1) else day.year - 1
    start = year - (year - _FIRST) % YEARS
    return Legislature(date(start, 12, 1), date(start + YEARS, 11, 30))
