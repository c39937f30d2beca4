"""What communes ask of the agency, in numbers: open, late, how soon they had a first answer."""

from collections import defaultdict
from datetime import datetime, timedelta
from statistics import median
from typing import Final, NamedTuple

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.businessdays import CalendarError, business_days_between
from spoc.models import Direction, Kind, ServiceRequest
from spoc.models.choices import CLOCK_RUNS, OPEN

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
    today = timezone.localdate()
    counted = rows.order_by().values_list("kind").annotate(
        open=Count("pk", filter=Q(status__in=OPEN)),
        late=Count("pk", filter=Q(status__in=CLOCK_RUNS, due_on__lt=today)),
    )  # fmt: skip
    return {kind: (is_open, late) for kind, is_open, late in counted}


def _waits(rows: "QuerySet[ServiceRequest]") -> dict[str, list[int]]:
    """Return by kind the business days that each of the latest first answers took."""
    found: dict[str, list[int]] = defaultdict(list)
    recent = rows.filter(answered_at__gte=timezone.now() - timedelta(days=DAYS), submitted_at__isnull=False)
    for kind, asked, answered in recent.order_by().values_list("kind", "submitted_at", "answered_at"):
        days = _days(asked, answered)
        if days is not None:
            found[kind].append(days)
    return found


def _days(asked: datetime | None, answered: datetime | None) -> int | None:
    if asked is None or answered is None:
        return None
    try:
        return business_days_between(timezone.localdate(asked), timezone.localdate(answered))
    except CalendarError:
        return None
