"""Who of the other party has seen a request or a concern: on its page, and at the desk."""

from typing import Any, NamedTuple

from hubportal.accounts.models import User
from spoc.models import Concern, ConcernReading, Reading, ServiceRequest, Side


class Seen(NamedTuple):
    """Readers of the other party, the last one first; `has_new`: our last message is newer than their last look.

    `is_ours`: our party asked, so that nobody having opened it is news.
    """

    readers: list[Reading | ConcernReading]
    has_new: bool
    is_ours: bool


def seen(row: ServiceRequest | Concern, user: User) -> Seen:
    """Note that a person of one of the parties sees it; return who of the other party has."""
    side = row.side_of(user)
    readings: Any = row.readings
    others = [reading for reading in readings.note(row, user) if reading.side != side]
    ours = row.messages.public().filter(side=side).order_by("written_at")
    last = ours.values_list("written_at", flat=True).last()
    return Seen(others, bool(last and others and others[0].last_at < last), side == _asking_side(row))


def _asking_side(row: ServiceRequest | Concern) -> Side | None:
    """Return the party that asked; None while a request is a draft."""
    if isinstance(row, Concern):
        return Side.COMMUNE
    return row.requesting_side if row.submitted_at else None
