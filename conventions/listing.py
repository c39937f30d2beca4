"""A page of the list of conventions: commune by commune, what has no first day yet first, then the newest.

The next page begins after the last row's own values (keyset), so page 40 costs no more than the first.
"""

import re
from datetime import date, datetime
from typing import Final, NamedTuple

from django.db.models import F, Q, QuerySet

from conventions.models import Convention

PAGE: Final = 25
ORDER: Final = ("commune", F("in_force_from").desc(nulls_first=True), "pk")


class Place(NamedTuple):
    """Where a page ended: the commune, the first day (None without one), the key."""

    nis: str
    first_day: date | None
    pk: int

    def __str__(self) -> str:
        return (
            f"{self.nis}-{self.first_day:%Y%m%d}-{self.pk}" if self.first_day else f"{self.nis}-0-{self.pk}"
        )

    @property
    def rest(self) -> Q:
        """What comes after it."""
        if self.first_day is None:
            later = Q(in_force_from__isnull=True, pk__gt=self.pk) | Q(in_force_from__isnull=False)
        else:
            same = Q(in_force_from=self.first_day, pk__gt=self.pk)
            later = same | Q(in_force_from__lt=self.first_day)
        return Q(commune__gt=self.nis) | (Q(commune=self.nis) & later)


def place(text: str) -> Place | None:
    """Return the place that an address names; None for no place; ValueError for one that cannot be."""
    if not text:
        return None
    found = re.fullmatch(r"([0-9]{5})-(0|[0-9]{8})-([0-9]{1,18})", text)
    if found is None:
        raise ValueError("no place of a list")
    nis, day, pk = found.groups()
    # A day: no time zone comes into it.
    first_day = None if day == "0" else datetime.strptime(day, "%Y%m%d").date()  # noqa: DTZ007
    return Place(nis, first_day, int(pk))


def page_after(rows: QuerySet[Convention], after: Place | None) -> tuple[list[Convention], str]:
    """Return the rows of a page, and the place where the next one begins, empty after the last: one query."""
    if after:
        rows = rows.filter(after.rest)
    found = list(rows.select_related("commune", "successor").order_by(*ORDER)[: PAGE + 1])
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    return found[:PAGE], str(Place(last.commune_id, last.in_force_from, last.pk))
