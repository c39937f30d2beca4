"""Whom an answer of the Region reaches: each concern that it answers, told by its SPOC or not yet, read or not."""

from typing import Any, NamedTuple

from hubportal.accounts.models import User
from spoc.models import Answer, Concern, ConcernAnswer


class Line(NamedTuple):
    """A concern that an answer reaches; `told` is None until its SPOC has passed it on."""

    concern: Concern
    waits: bool
    told: ConcernAnswer | None
    readers: list[Any]


def reach(answer: Answer, user: User) -> list[Line]:
    """Return the concerns that an answer reaches, to the agency; none to others. As many queries for 200 as for two."""
    parts = list(answer.parts(user).with_concerns().in_order())
    rows = ConcernAnswer.objects.visible_to(user).filter(
        source=answer, concern__in=[part.concern_id for part in parts]
    )
    told = {
        row.concern_id: row
        for row in rows.select_related("told_by").prefetch_related("readings__user").order_by("told_at", "pk")
    }
    return [_line(part, told.get(part.concern_id)) for part in parts]


def _line(part: Any, told: ConcernAnswer | None) -> Line:
    return Line(part.concern, part.is_open, told, list(told.readings.all()) if told else [])
