"""Whether both texts name the same dates."""

from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from hubportal.markdown import Outline
from mailings.parity import dates
from mailings.parity.findings import LANGUAGES, OTHER, Field, Finding, Language, Side
from mailings.parity.saying import beside, where
from mailings.parity.wording import fields


class Days(NamedTuple):
    """The dates of one side, and the field that names each first."""

    sure: dict[dates.Date, Field]
    unsure: dict[dates.Date, tuple[Field, str]]

    def years(self) -> dict[tuple[int, int], set[int | None]]:
        """Return the years by month and day."""
        found: dict[tuple[int, int], set[int | None]] = {}
        for date in [*self.sure, *self.unsure]:
            found.setdefault((date.month, date.day), set()).add(date.year)
        return found


def days_of(side: Side, found: Outline, language: Language) -> Days:
    """Return the dates that a side names."""
    days = Days({}, {})
    for field, text in fields(side, found):
        named = dates.named(text, language)
        for date in named.sure:
            days.sure.setdefault(date, field)
        for date, words in named.unsure.items():
            days.unsure.setdefault(date, (field, words))
    return days


def same(days: dict[Language, Days]) -> str:
    """Return the label when nothing was found."""
    count = max(len({(date.month, date.day) for date in found.sure}) for found in days.values())
    return _("Same dates (%(count)s)") % {"count": count} if count else _("No dates")


def findings(days: dict[Language, Days]) -> Iterator[Finding]:
    """Yield the dates that one side lacks."""
    for language in LANGUAGES:
        there, years = days[OTHER[language]], days[language].years()
        missing = [date for date in there.sure if _lacks(years, date)]
        with_year = {(date.month, date.day) for date in missing if date.year}
        for date in missing:
            # "31 mars 2027 … le 31 mars" is one date, said twice.
            if date.year or (date.month, date.day) not in with_year:
                message = gettext_noop("The date %(date)s is missing here.")
                message = beside(language, message, date=dates.written(date, language))
                label = _("A date is missing %(where)s") % where(language)
                yield Finding("date", language, message, True, label, there.sure[date])
        for date, (field, words) in there.unsure.items():
            if date not in there.sure and _lacks(years, date):
                message = gettext_noop(
                    "The other language has “%(words)s”: is the date %(date)s missing here?"
                )
                message = beside(language, message, words=words, date=dates.written(date, language))
                label = _("Perhaps a date is missing %(where)s") % where(language)
                yield Finding("date-unsure", language, message, False, label, field)


def _lacks(years: dict[tuple[int, int], set[int | None]], date: dates.Date) -> bool:
    """Say whether a side does not name the date; a year that one side leaves out is no difference."""
    found = years.get((date.month, date.day), set())
    return not found or (date.year is not None and not found & {date.year, None})
