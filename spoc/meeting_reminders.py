"""What people are reminded of steering meetings: that one is near, that its minutes are not written. Each once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, NamedTuple

from communes.recipients import reachable
from hubportal.accounts.models import User
from spoc import deadlines
from spoc.emails import Item
from spoc.models import Meeting, Reminder
from spoc.recipients import requesters, responders

if TYPE_CHECKING:
    from spoc.models.meeting_queryset import RequestMeetingQuerySet

LOOK_AHEAD: Final = timedelta(days=14)
"""More than any run of days off: further away, no reminder is due yet."""


class Due(NamedTuple):
    """A meeting, whom it concerns, and the first day on which they are reminded of it."""

    meeting: Meeting
    people: list[User]
    since: date


def near(today: date) -> Iterator[tuple[User, Item]]:
    """Yield both parties of each meeting two business days before it, unless they were told of it since."""
    rows = Meeting.objects.on_the_way().filter(
        starts_at__gte=deadlines.start_of(today + timedelta(days=1)),
        starts_at__lt=deadlines.start_of(today + LOOK_AHEAD),
    )
    found = []
    for meeting in _with_request(rows).prefetch_related("events"):
        since = deadlines.reminded_from(deadlines.day_of(meeting.starts_at))
        if since <= today and _told_at(meeting) < since:
            people = [*requesters(meeting.request), *responders(meeting.request)]
            found.append(Due(meeting, reachable(people), since))
    yield from _once(found, Reminder.Kind.MEETING_SOON)


def without_minutes(today: date) -> Iterator[tuple[User, Item]]:
    """Yield who planned a meeting that was a week ago and has no minutes; who reads for the party when they left."""
    week = timedelta(days=deadlines.REMIND_MINUTES)
    rows = Meeting.objects.on_the_way().filter(
        starts_at__lt=deadlines.start_of(today - week + timedelta(days=1))
    )
    found = []
    for meeting in _with_request(rows):
        # One that was recorded afterwards leaves a week, too.
        since = deadlines.day_of(max(meeting.starts_at, meeting.planned_at)) + week
        if since <= today:
            found.append(Due(meeting, _planners(meeting), since))
    yield from _once(found, Reminder.Kind.MEETING_MINUTES)


def _with_request(rows: "RequestMeetingQuerySet") -> "RequestMeetingQuerySet":
    related = ("planned_by", "request__commune", "request__created_by", "request__assigned_to")
    return rows.select_related(*related).in_order()


def _told_at(meeting: Meeting) -> date:
    """Return the day on which it was planned, or got its present moment."""
    moved = [event.at for event in meeting.events.all() if event.verb == "move"]
    return deadlines.day_of(max([meeting.planned_at, *moved]))


def _planners(meeting: Meeting) -> list[User]:
    request, person = meeting.request, meeting.planned_by
    if person.is_active and request.takes_part(person, meeting.planned_side):
        return reachable([person])
    return (requesters if meeting.planned_side == request.requesting_side else responders)(request)


def _once(found: Iterable[Due], kind: str) -> Iterator[tuple[User, Item]]:
    """Yield each person of each request, with the meetings of which they were not reminded since it was due."""
    rows = list(found)
    requests = {item.meeting.request_id for item in rows}
    sent = Reminder.objects.filter(kind=kind, request__in=requests).order_by()
    last: dict[tuple[int, int], date] = {}
    for request, user, day in sent.values_list("request", "user", "sent_on"):
        last[request, user] = max(day, last.get((request, user), day))
    open_rows: dict[tuple[int, User], list[Meeting]] = defaultdict(list)
    for meeting, people, since in rows:
        for person in people:
            if last.get((meeting.request_id, person.pk), date.min) < since:
                open_rows[meeting.request_id, person].append(meeting)
    for (_request, person), meetings in open_rows.items():
        yield person, Item(meetings[0].request, kind, meetings=meetings)
