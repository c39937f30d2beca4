"""The steering meetings of a request as its pages show them, and those that are near, for home."""

from collections.abc import Collection
from typing import Final, NamedTuple

from django.db.models import Q

from hubportal.accounts.models import User
from spoc.models import Meeting, MeetingStatus, ServiceRequest
from spoc.models.choices import Side
from spoc.models.parties import in_charge
from spoc.plan import SOON

SHOWN: Final = 3
"""Meetings that were held, on the page of their request."""


class Meetings(NamedTuple):
    """The meetings of a request: the next one, those that lack minutes, and all, what is to come first."""

    all: list[Meeting]
    next: Meeting | None
    to_write: list[Meeting]
    shown: list[Meeting]
    """What the page of the request shows: not what is off, and of what was held the last ones."""


def meetings(row: ServiceRequest, user: User) -> Meetings:
    """Return the meetings of a request as a person may read them: one query."""
    found = list(Meeting.objects.visible_to(user).filter(request=row).in_order())
    for meeting in found:
        # The one that was read for the page: no query for each.
        meeting.request = row
    to_come = [meeting for meeting in found if meeting.is_to_come]
    to_write = [meeting for meeting in found if meeting.lacks_minutes]
    held = [meeting for meeting in reversed(found) if meeting.status == MeetingStatus.HELD]
    off = [meeting for meeting in reversed(found) if meeting.is_off]
    return Meetings(
        all=[*to_come, *to_write, *held, *off],
        next=to_come[0] if to_come else None,
        to_write=to_write,
        shown=[*to_come, *to_write, *held[:SHOWN]],
    )


def coming(user: User, communes: Collection[str], side: str) -> list[Meeting]:
    """Return the meetings of a party that are near or lack minutes, by day.

    Those of these communes; for the agency also those of requests that the person is in charge of.
    """
    of_theirs = Q(request__commune__in=communes)
    if side == Side.AGENCY:
        of_theirs |= in_charge(user, "request__")
    rows = Meeting.objects.visible_to(user).on_the_way().until(SOON).filter(of_theirs)
    return list(rows.select_related("request__commune").in_order())
