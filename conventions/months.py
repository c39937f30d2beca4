"""Terms counted in months, as conventions count them."""

import calendar
from datetime import date
from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

FIRST, LAST = date(1990, 1, 1), date(2099, 12, 31)
IN_REACH: Final = (
    MinValueValidator(FIRST, _("Check the year: this day is before 1990.")),
    MaxValueValidator(LAST, _("Check the year: this day is after 2099.")),
)
"""Of the days of a term: beyond them months cannot be counted, and who writes them made a slip."""


def months_after(day: date, months: int) -> date:
    """Return the same day of the month, some months later (earlier when negative); the month's last day if shorter."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
