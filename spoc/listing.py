"""A page of the list of requests: what waits for the reader first, what goes on, what ended; the newest first in each.

The next page begins after the last row's own values (keyset), so page 400 costs no more than the first.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.db.models import Q, Value

from spoc.models import OPEN, ServiceRequest, Side, Status
from spoc.nextstep import awaits

if TYPE_CHECKING:
    from django.db.models import QuerySet

PAGE: Final = 25
_NEWEST: Final = ("-created_at", "-pk")
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Place(NamedTuple):
    """Where a page ended: the group, the moment in microseconds since 1970, the key."""

    group: int
    moment: int
    pk: int

    def __str__(self) -> str:
        return f"{self.group}-{self.moment}-{self.pk}"

    @property
    def rest(self) -> Q:
        """What comes after it in its group."""
        at = _EPOCH + timedelta(microseconds=self.moment)
        # The first condition says nothing new, but where the index is entered: OR alone would read all before it.
        return Q(created_at__lte=at) & (Q(created_at__lt=at) | Q(pk__lt=self.pk))


def groups(side: Side) -> tuple[Q, Q, Q]:
    """Return the parts of the list of a party: sent, and waiting for its step; what else goes on; what ended."""
    # Not by the states of what is open: the database would read all of it by its index, to find a few words in it.
    ours = awaits(side) & Q(submitted_at__isnull=False)
    ended = (Status.CLOSED, Status.DECLINED, Status.WITHDRAWN)
    return ours, Q(status__in=(Status.DRAFT, *OPEN)) & ~ours, Q(status__in=ended)


def place(text: str) -> Place | None:
    """Return the place that an address names; None for no place; ValueError for one that cannot be."""
    if not text:
        return None
    found = re.fullmatch(r"([0-2])-([0-9]{1,16})-([0-9]{1,18})", text)
    if found is None:
        raise ValueError("no place of a list")
    return Place(*(int(part) for part in found.groups()))


def page_after(
    rows: "QuerySet[ServiceRequest]", after: Place | None, side: Side
) -> tuple[list[ServiceRequest], str]:
    """Return the rows of a page for a party, and where the next one begins, empty after the last: one query."""
    parts = []
    for group, condition in enumerate(groups(side)):
        if after and group < after.group:
            continue
        part = rows.filter(condition).annotate(group=Value(group)).order_by(*_NEWEST)
        if after and group == after.group:
            part = part.filter(after.rest)
        parts.append(part[: PAGE + 1])
    first, *others = parts
    found: list[Any] = list(
        first.union(*others, all=True).order_by("group", *_NEWEST)[: PAGE + 1] if others else first
    )
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    moment = (last.created_at - _EPOCH) // timedelta(microseconds=1)
    return found[:PAGE], str(Place(last.group, moment, last.pk))
