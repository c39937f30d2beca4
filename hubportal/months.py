"""Terms counted in months."""

import calendar
from datetime import date


def months_after(day: date, months: int) -> date:
    """Return the same day of the month, some months later (earlier when negative); the month's last day if shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
