"""Terms counted in months, as conventions count them."""

from datetime import date
from typing import Final

from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from hubportal.months import months_after

__all__ = ["FIRST", "IN_REACH", "LAST", "months_after"]

FIRST, LAST = date(1990, 1, 1), date(2099, 12, 31)
IN_REACH: Final = (
    MinValueValidator(FIRST, _("Check the year: this day is before 1990.")),
    MaxValueValidator(LAST, _("Check the year: this day is after 2099.")),
)
"""Of the days of a term: beyond them months cannot be counted, and who writes them made a slip."""
