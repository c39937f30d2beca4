"""Reminders: who is reminded of what today, at most one mail a person and day, grouped."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

from django.db import transaction

from communes.recipients import callers_of, leads
from hubportal.accounts.models import User
from spoc import deadlines, emails, meeting_reminders
from spoc.emails import ConcernItem, Item
from spoc.faq.reviews import Review, to_review
from spoc.models import (
    AnswerReminder,
    Concern,
    ConcernReminder,
    ConcernReminderKind,
    Measure,
    NoteReminder,
    Reminder,
    ServiceRequest,
    Status,
)
from spoc.models.choices import TAKEN_ON
from spoc.recipients import requesters, responders
from spoc.relay.reminding import Due, waiting

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from spoc.models.request import ServiceRequest as Request

Kind = Reminder.Kind


Begun = TypeVar("Begun", Item, ConcernItem)
Line = Item | ConcernItem | Due | Review
"""A line of a reminder: about a request, a concern, a relay note, an answer."""
NOTED: Final[Mapping[type[Line], Any]] = {
    Item: Reminder, ConcernItem: ConcernReminder, Due: NoteReminder, Review: AnswerReminder,
}  # fmt: skip
"""The rows that note who was told which of them."""


def due(today: date) -> dict[User, list[Line]]:
    """Return what each person is to be reminded of on a day and was not yet, whatever was sent that day."""
    found: dict[User, list[Line]] = defaultdict(list)
    for source in (
        *(_unanswered(today), _waiting(today), _to_agree(today), _late(today)),
        *(meeting_reminders.near(today), meeting_reminders.without_minutes(today)),
        *(_unqualified(today), waiting(today), to_review(today)),
    ):
        for person, item in source:
            found[person].append(item)
    return dict(found)


def send(person: User, items: Iterable[Line], today: date) -> bool:
    """Write one mail with everything, and note it; False when the person got a reminder on this day already.

    One that fails notes nothing: whatever the person was to be told stays due.
    """
    with transaction.atomic():
        # Two ticks at once: the second waits here, and then sees the rows of the first.
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if was_reminded([person.pk], today):
            return False
        found: dict[type[Line], list[Any]] = {sort: [] for sort in NOTED}
        for item in items:
            found[type(item)].append(item)
        for sort, kept in NOTED.items():
            # What a line says that is no column of the reminder is left out of it.
            columns = {field.name for field in kept._meta.fields}
            rows = [
                kept(
                    user=person,
                    sent_on=today,
                    **{name: value for name, value in line._asdict().items() if name in columns},
                )
                for line in found[sort]
            ]
            kept.objects.bulk_create(rows)
        emails.reminder(person, *found.values())
    return True


def was_reminded(people: Collection[int], on: date) -> bool:
    """Tell whether any of these people, by their keys, got a reminder of this app on a day; asked under their lock."""
    return any(kept.objects.filter(user__in=people, sent_on=on).exists() for kept in NOTED.values())


def warnings(request: "Request") -> list[date]:
    """Return the days on which the requester was warned since the present wait began: none, one or two."""
    if request.waiting_since is None:
        return []
    since = deadlines.day_of(request.waiting_since)
    kinds = (Kind.WAITING_FIRST, Kind.WAITING_SECOND)
    sent = [row for row in request.reminders.all() if row.kind in kinds and row.sent_on >= since]
    return sorted(
        {
            kind: min(row.sent_on for row in sent if row.kind == kind) for kind in {row.kind for row in sent}
        }.values()
    )


def _unanswered(today: date) -> Iterator[tuple[User, Item]]:
    """Yield whom a request without a first human answer concerns."""
    rows = ServiceRequest.objects.filter(status=Status.SUBMITTED, answered_at__isnull=True)
    return _left_lying(
        Item,
        lambda days: rows.filter(submitted_at__lt=deadlines.waited_since(today, days)),
        (Kind.UNANSWERED_SPOC, Kind.UNANSWERED_LEAD),
    )


def _unqualified(today: date) -> Iterator[tuple[User, ConcernItem]]:
    """Yield whom a concern that waits to be qualified concerns."""
    return _left_lying(
        ConcernItem,
        lambda days: Concern.objects.unqualified_since(days, today),
        (ConcernReminderKind.SPOC, ConcernReminderKind.LEAD),
    )


def _left_lying(
    line: type[Begun], since: Callable[[int], "QuerySet[Any]"], kinds: tuple[str, str]
) -> Iterator[tuple[User, Begun]]:
    """Yield who is to be told of what nobody began in so many business days: the SPOC, later the leads, each once."""
    subject, kept = line._fields[0], NOTED[line]
    to_spoc, to_leads = kinds
    for kind, days in ((to_spoc, deadlines.REMIND_SPOC), (to_leads, deadlines.REMIND_LEAD)):
        rows = since(days).select_related("commune").order_by("pk")
        sent = kept.objects.filter(kind=kind, **{f"{subject}__in": rows.order_by()}).order_by()
        told = set(sent.values_list(subject, "user"))
        for row in rows:
            people = leads() if kind == to_leads else callers_of(row.commune)
            yield from ((person, line(row, kind)) for person in people if (row.pk, person.pk) not in told)


def _waiting(today: date) -> Iterator[tuple[User, Item]]:
    """Yield who is awaited: a first warning after 7 days, a second after 21, and 14 after the first."""
    first = deadlines.start_of(today - timedelta(days=deadlines.WARN_FIRST - 1))
    rows = ServiceRequest.objects.filter(status=Status.WAITING_REQUESTER, waiting_since__lt=first)
    found = rows.select_related("commune", "created_by").prefetch_related("reminders").order_by("pk")
    for request in found:
        sent = warnings(request)
        if len(sent) > 1 or not _is_time(request, sent, today):
            continue
        kind = Kind.WAITING_SECOND if sent else Kind.WAITING_FIRST
        closes_on = deadlines.closes_on(deadlines.held(request.waiting_since), [*sent, today])
        yield from ((person, Item(request, kind, closes_on)) for person in requesters(request))


def _to_agree(today: date) -> Iterator[tuple[User, Item]]:
    """Yield who is to agree to measures that stand as they are since three business days ago, or earlier."""
    until = deadlines.waited_since(today, deadlines.REMIND_AGREE)
    yield from _of_plans(Measure.objects.offered_before(until), Kind.MEASURES_TO_AGREE, today)


def _late(today: date) -> Iterator[tuple[User, Item]]:
    """Yield who owes measures whose day is over."""
    yield from _of_plans(Measure.objects.late(today), Kind.MEASURES_LATE, today)


def _of_plans(rows: "QuerySet[Measure]", kind: str, today: date) -> Iterator[tuple[User, Item]]:
    """Yield the people of each plan once a week, with all that waits for their party there."""
    open_rows = rows.filter(request__status__in=TAKEN_ON).select_related("standard", "request__commune")
    found: dict[tuple[ServiceRequest, str], list[Measure]] = defaultdict(list)
    for row in open_rows.select_related("request__created_by", "request__assigned_to").order_by(
        "due_on", "pk"
    ):
        if acting := row.acting_side:
            found[row.request, acting].append(row)
    lately = today - timedelta(days=deadlines.REMIND_AGAIN)
    told = Reminder.objects.filter(kind=kind, sent_on__gt=lately).order_by().values_list("request", "user")
    known = set(told)
    for (request, side), measures in found.items():
        people = requesters(request) if side == request.requesting_side else responders(request)
        for person in people:
            if (request.pk, person.pk) not in known:
                yield person, Item(request, kind, measures=measures)


def _is_time(request: "Request", sent: list[date], today: date) -> bool:
    since = deadlines.day_of(deadlines.held(request.waiting_since))
    if not sent:
        return today >= since + timedelta(days=deadlines.WARN_FIRST)
    gap = timedelta(days=deadlines.WARN_SECOND - deadlines.WARN_FIRST)
    return today >= max(since + timedelta(days=deadlines.WARN_SECOND), sent[0] + gap)
