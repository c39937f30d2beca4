"""What a tick does for weekly rhythms: the next draft, what leaves by itself, reminders. Twice changes nothing."""

import logging
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.utils import timezone

from hubportal.accounts.models import Role, User
from hubportal.businessdays import CalendarError, is_business_day
from mailings import rhythm_emails, turning
from mailings.emails import approvers
from mailings.models import STEERERS, Capacity, Mailing, Run, RunReminder, Schedule, Status
from mailings.models.consent import missing
from mailings.reminded import was_reminded
from mailings.rhythm import business_day_before

logger = logging.getLogger(__name__)
FIRST_HOUR: Final = 8
"""In Brussels; later than the reminders of requests, so that nobody gets both on a day."""
DAYS_BEFORE: Final = (1, 2)
"""On which business days before its moment the people who are awaited are reminded."""


def turn_weeks(now: datetime) -> int:
    """Close the weeks whose moment has come and open the next ones; return the rhythms that did anything."""
    done = 0
    for schedule in Schedule.objects.active().order_by("pk"):
        try:
            done += turning.turn(schedule, now)
        except Exception:
            logger.exception("rhythm %s: its next week could not be opened", schedule.pk)
    return done


def let_leave(now: datetime) -> int:
    """Schedule what both have approved, now that nothing stands in the way any more; return the editions told of."""
    approved = Run.objects.open().active().filter(mailing__status=Status.APPROVED, leaves_at__gt=now)
    done = 0
    for run in approved.select_related("schedule", "mailing"):
        try:
            done += run.mailing is not None and run.let_leave(run.mailing)
        except Exception:
            logger.exception("rhythm %s: its edition could not be scheduled", run.schedule_id)
    return done


def remind(now: datetime) -> int:
    """Remind who is awaited, two business days before and on the last one; return the number of mails.

    At most one mail a person and day, with all that waits; whoever was reminded of requests today gets it tomorrow.
    """
    today = timezone.localdate(now)
    try:
        if timezone.localtime(now).hour < FIRST_HOUR or not is_business_day(today):
            return 0
    except CalendarError:
        # Without a calendar nothing is planned: `turn_weeks` has told people so.
        return 0
    due: dict[User, list[tuple[Run, int]]] = defaultdict(list)
    for person, run, days in _due(now):
        due[person].append((run, days))
    return sum(_sent(person, items, today) for person, items in due.items())


def _due(now: datetime) -> Iterator[tuple[User, Run, int]]:
    today = timezone.localdate(now)
    rows = Run.objects.open().active().filter(leaves_at__gt=now, mailing__isnull=False)
    for run in rows.select_related("schedule", "mailing"):
        days = _days_before(run, today)
        if days is None:
            continue
        told = set(run.reminders.filter(days_before=days).values_list("user", flat=True))
        yield from ((person, run, days) for person in awaited(run) if person.pk not in told)


def _days_before(run: Run, today: date) -> int | None:
    """Return which reminder of a week is due on a day; None before the first one."""
    day = timezone.localdate(run.leaves_at)
    return next((count for count in DAYS_BEFORE if today >= business_day_before(day, count)), None)


def awaited(run: Run) -> list[User]:
    """Return who has a step to take before an edition can leave: who writes it, and whose approval is missing."""
    mailing = run.mailing
    if mailing is None or mailing.status not in turning.MOVABLE:
        return []
    people = rhythm_emails.writers(run.schedule, mailing)
    if mailing.status == Status.IN_REVIEW:
        people += _approvers(mailing)
    return list({person.pk: person for person in people if person.email}.values())


def _approvers(mailing: Mailing) -> list[User]:
    """Return who may give the approvals that are missing: nobody who wrote in it."""
    sides = missing(mailing.approvals_now)
    roles = [
        *(STEERERS if Capacity.AGENCY in sides else ()),
        *([Role.CABINET] if Capacity.CABINET in sides else []),
    ]
    return approvers(mailing, roles)


def _sent(person: User, items: list[tuple[Run, int]], today: date) -> bool:
    """Write one mail with everything; False when the person got a reminder on this day already."""
    with transaction.atomic():
        # Two ticks at once: the second waits here, and then sees the rows of the first.
        User.objects.select_for_update(no_key=True).get(pk=person.pk)
        if was_reminded([person.pk], today):
            return False
        RunReminder.objects.bulk_create(
            RunReminder(run=run, user=person, days_before=days, sent_on=today) for run, days in items
        )
        rhythm_emails.reminder(person, [run for run, _days in items])
    return True
