"""From one week of a rhythm to the next: what a tick does at the moment of an edition, and for the one that follows.

Each step locks the rhythm first, so of two beats the second one finds it done. A week is closed once and opened once
(*database*), whatever the clock does: back in the past, the weeks that were closed stay closed.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from hubportal.accounts.models import User
from hubportal.businessdays import CalendarError
from mailings import rhythm_emails
from mailings.models import (
    LANGUAGES,
    Attachment,
    Mailing,
    Revision,
    Run,
    Schedule,
    ScheduleRevision,
    Status,
    Variant,
)
from mailings.models.run import Outcome
from mailings.rhythm import Due

MOVABLE: Final = (Status.DRAFT, Status.IN_REVIEW, Status.APPROVED)
"""States of an edition that another moment can still be planned for."""
ADOPTED: Final = (*MOVABLE, Status.SCHEDULED)


@transaction.atomic
def save(schedule: Schedule, by: User, writers: Collection[User] = ()) -> None:
    """Keep what a person set, and plan the next week by it at once; paused, the present week is let go."""
    if not Schedule.can_be_changed_by(by):
        raise PermissionDenied
    before = Schedule.objects.filter(pk=schedule.pk).select_for_update().first()
    if before is not None:
        # Of one that was set before there was a history, what it was is kept first.
        ScheduleRevision.keep(before, before.writers.values_list("pk", flat=True))
    schedule.saved_by, schedule.saved_at = by, timezone.now()
    schedule.save()
    schedule.writers.set(writers)
    ScheduleRevision.keep(schedule, [person.pk for person in writers])
    if schedule.is_active:
        turn(schedule, timezone.now())
    else:
        # Its edition stays, as one that was begun by hand.
        schedule.runs.open().delete()


@transaction.atomic
def turn(schedule: Schedule, now: datetime) -> bool:
    """Close the week that is over, and open the next one with its draft; return whether anything was done.

    A week that is open already is moved when the rhythm, or the calendar, was changed.
    """
    schedule.refresh_from_db(from_queryset=Schedule.objects.select_for_update(of=("self",)))
    if not schedule.is_active:
        return False
    run, left_over = schedule.open_run, None
    if run is not None and run.is_over(now):
        left_over = _close(run, now)
    is_closed = run is not None and not run.is_open
    try:
        due = schedule.next_due(now)
    except CalendarError:
        _stall(schedule, run if is_closed else None, left_over)
        return is_closed
    if run is not None and run.is_open:
        return _move(run, due)
    following, is_begun = _open(schedule, due, left_over)
    if run is not None and left_over is not None:
        _tell(run, left_over, following, has_its_text=is_begun)
    return True


_OF_A_FILE: Final = ("name", "content_type", "size", "sha256", "language", "added_by")


def _close(run: Run, now: datetime) -> Mailing | None:
    """Say what became of a week; return the edition that was not ready, whose text is for the next one."""
    mailing: Mailing | None = run.mailing
    outcome = Outcome.MISSED
    if mailing is not None:
        mailing.refresh_from_db(from_queryset=Mailing.objects.select_for_update(of=("self",)))
        if mailing.status in (Status.IN_REVIEW, Status.APPROVED):
            run.fit()
            mailing.expire()
        outcome = _OUTCOMES.get(Status(mailing.status), Outcome.KEPT)
    run.closed_at, run.outcome = now, outcome
    # Sent early by hand, the week was done on the day when it left.
    run.leaves_at = min(run.leaves_at, run.left_at or run.leaves_at)
    if mailing is not None and mailing.status == Status.DRAFT:
        # The draft goes on to the next week.
        run.mailing = None
    run.save(update_fields=["closed_at", "outcome", "mailing", "leaves_at"])
    return mailing if outcome == Outcome.MISSED else None


_OUTCOMES: Final = {
    Status.DRAFT: Outcome.MISSED,
    Status.EXPIRED: Outcome.MISSED,
    Status.CANCELLED: Outcome.CANCELLED,
}


def _open(schedule: Schedule, due: Due, left_over: Mailing | None) -> tuple[Run, bool]:
    """Open a week: with the draft that missed its own, else with an edition of that week, else with a new draft.

    Return it, and whether its draft is a new one: only that begins with the text of an edition that expired.
    """
    run = Run(schedule=schedule, week_on=due.week_on, leaves_at=due.at)
    is_draft = left_over is not None and left_over.status == Status.DRAFT
    found = left_over if is_draft else _adopted(due)
    run.mailing = found or _begun(schedule, due, left_over)
    run.save()
    _fit(run)
    if schedule.stalled_since:
        Schedule.objects.filter(pk=schedule.pk).update(stalled_since=None)
    return run, found is None


def _adopted(due: Due) -> Mailing | None:
    """Return the edition of that week that somebody began by hand, else an empty draft of a tick that was let go."""
    of_week = Q(week_on=due.week_on, status__in=ADOPTED)
    empty = Q(created_by=None, version=1, status=Status.DRAFT)
    rows = Mailing.objects.filter(of_week | empty, run__isnull=True)
    return rows.order_by("number").select_for_update(of=("self",)).first()


def _begun(schedule: Schedule, due: Due, left_over: Mailing | None) -> Mailing:
    """Begin the draft of a week, for the audience of the edition before, with the text that did not leave."""
    before = Mailing.objects.filter(run__schedule=schedule).order_by("-number").first()
    mailing = Mailing.begin(by=None, week_on=due.week_on, last=before)
    if left_over is not None and left_over.status == Status.EXPIRED:
        _copy_text(left_over, mailing)
    return mailing


def _copy_text(source: Mailing, target: Mailing) -> None:
    """Let a draft begin with a text; whoever wrote it is an author of the draft, and so does not approve it."""
    for language in LANGUAGES:
        words = source.texts[language]
        Variant.objects.filter(mailing=target, language=language).update(**words)
        last = source.revisions.filter(language=language).order_by("-version").first()
        if last is not None:
            Revision.objects.create(
                mailing=target, version=target.version, language=language, by=last.by, **words
            )
    for file in source.attached:
        facts = {name: getattr(file, name) for name in _OF_A_FILE}
        Attachment.objects.create(mailing=target, added_in=target.version, file=file.file.name, **facts)
    source.unsaved.filter(version=source.version).update(mailing=target, version=target.version)
    target.content_hash = target.hash_of(source.texts, target.attached)
    target.reminds_readers = source.reminds_readers
    target.save(update_fields=["content_hash", "reminds_readers"])
    target.authors.set(source.authors.all())


def _move(run: Run, due: Due) -> bool:
    """Plan a week anew, unless its edition is scheduled, or more; return whether it was another moment."""
    if (run.week_on, run.leaves_at) == (due.week_on, due.at):
        return False
    if run.mailing is not None and run.mailing.status not in MOVABLE:
        return False
    run.week_on, run.leaves_at = due.week_on, due.at
    run.save(update_fields=["week_on", "leaves_at"])
    _fit(run)
    return True


def _fit(run: Run) -> None:
    """Let the edition of a week bear it, and expire at its moment."""
    run.fit()
    Mailing.objects.filter(run=run, status__in=ADOPTED).update(week_on=run.week_on)


def _tell(closed: Run, left_over: Mailing, following: Run, *, has_its_text: bool) -> None:
    """Tell what becomes of a text that was not ready: who waited for its approval was told when it expired."""
    if left_over.status == Status.DRAFT:
        rhythm_emails.missed(closed, left_over, following)
    elif has_its_text and following.mailing is not None:
        rhythm_emails.carried(following, following.mailing, left_over)


def _stall(schedule: Schedule, closed: Run | None, left_over: Mailing | None) -> None:
    """Tell, once, that the calendar does not reach the next week."""
    if closed is not None and left_over is not None and left_over.status == Status.DRAFT:
        rhythm_emails.missed(closed, left_over, None)
    if Schedule.objects.filter(pk=schedule.pk, stalled_since=None).update(stalled_since=timezone.now()):
        rhythm_emails.stalled(schedule)
