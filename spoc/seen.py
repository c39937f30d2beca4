"""Who of the other party has seen a request: on its page, and at the desk."""

from typing import NamedTuple

from hubportal.accounts.models import User
from spoc.models import Reading, ServiceRequest


class Seen(NamedTuple):
    """Readers of the other party, the last one first; `has_new`: our last message is newer than their last look.

    `is_ours`: our party asked, so that nobody having opened it is news.
    """

    readers: list[Reading]
    has_new: bool
    is_ours: bool


def seen(row: ServiceRequest, user: User) -> Seen:
    """Note that a person sees a request; return who of the other party has."""
    side = row.side_of(user)
    others = [reading for reading in Reading.objects.note(row, user) if reading.side != side]
    ours = row.messages.public().filter(side=side).order_by("written_at")
    last = ours.values_list("written_at", flat=True).last()
    is_ours = bool(row.submitted_at) and side == row.requesting_side
    return Seen(others, bool(last and others and others[0].last_at < last), is_ours)
