"""What communes ask of the agency, in numbers: open, late, how soon they had a first answer."""

from collections import defaultdict
from datetime import date, timedelta
from statistics import median
from typing import Final, NamedTuple

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.businessdays import CalendarError, business_days_between
from spoc.models import Direction, Kind, ServiceRequest
from spoc.models.choices import OPEN

DAYS: Final = 90
"""How far back first answers count."""


class Figures(NamedTuple):
    """One service, or all: `wait` is the median number of business days to the first answer, None without answers."""

    label: str
    open: int
    late: int
    answered: int
    wait: float | None


def figures(user: User) -> tuple[list[Figures], Figures]:
    """Return the figures of each service, and of all together: two queries."""
    rows = ServiceRequest.objects.visible_to(user).filter(direction=Direction.TO_AGENCY)
    counts, waits = _counts(rows), _waits(rows)
    found = [_line(str(kind.label), *counts.get(kind.value, (0, 0)), waits[kind.value]) for kind in Kind]
    every = [wait for kind in Kind for wait in waits[kind.value]]
    return found, _line("", sum(row.open for row in found), sum(row.late for row in found), every)


def _line(label: str, is_open: int, late: int, waits: list[int]) -> Figures:
    return Figures(label, is_open, late, len(waits), median(waits) if waits else None)


def _counts(rows: "QuerySet[ServiceRequest]") -> dict[str, tuple[int, int]]:
    """Return by kind how many are open and how many late."""
    # Of the open ones only, which were all submitted: told so, PostgreSQL counts in their index of the services alone.
    counted = rows.filter(status__in=OPEN, submitted_at__isnull=False).order_by().values_list("kind").annotate(
        open=Count("*"), late=Count("status", filter=ServiceRequest.objects.is_late()),
    )  # fmt: skip
    return {kind: (is_open, late) for kind, is_open, late in counted}


def _waits(rows: "QuerySet[ServiceRequest]") -> dict[str, list[int]]:
    """Return by kind the business days that each of the latest first answers took.

    The database counts those asked and answered on the same days; the calendar is ours.
    """
    found: dict[str, list[int]] = defaultdict(list)
    recent = rows.filter(answered_at__gte=timezone.now() - timedelta(days=DAYS), submitted_at__isnull=False)
    by_days = recent.order_by().values_list("kind", TruncDate("submitted_at"), TruncDate("answered_at"))
    for kind, asked, answered, number in by_days.annotate(number=Count("*")):
        days = days_between(asked, answered)
        if days is not None:
            found[kind] += [days] * number
    return found


def days_between(asked: date, answered: date) -> int | None:
    """Return the business days from one day to another one; None outside the calendar's years."""
    try:
        return business_days_between(asked, answered)
    except CalendarError:
        return None
