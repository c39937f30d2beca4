"""The clocks of a request, in days of Brussels; business days leave out the days off of regional staff.

No function here reads the database. Outside the calendar's years they raise `CalendarError`: an error, not a guess.
"""

from datetime import date, datetime, timedelta
from typing import Final, TypeVar

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hubportal.businessdays import CalendarError, add_business_days, business_days_between, is_business_day

FIRST_ANSWER: Final = 2
"""Business days within which a person answers."""
REMIND_SPOC: Final = 3
REMIND_LEAD: Final = 5
"""Business days without an answer after which the SPOC, then the leads, are reminded."""
WARN_FIRST: Final = 7
WARN_SECOND: Final = 21
GIVE_UP: Final = 45
"""Calendar days of waiting after which the requester is warned once, twice, and the request closes."""
CONFIRM: Final = 15
"""Business days after which what was delivered counts as confirmed."""
REMIND_AGREE: Final = 3
"""Business days after which who is to agree to a measure is reminded."""
REMIND_AGAIN: Final = 7
"""Calendar days between two reminders of one plan."""
REMIND_MEETING: Final = 2
"""Business days before a meeting on which both parties are reminded of it."""
REMIND_MINUTES: Final = 7
"""Calendar days after a meeting without minutes on which whoever planned it is reminded."""
REOPEN: Final = 60
"""Calendar days within which the requester may reopen."""
TERM_AFTER_REOPENING: Final = 10
"""Business days that are left at least, once a request is reopened."""
USUAL_TERM: Final = 10
"""Business days that are proposed for a delivery."""
URGENT: Final = 30
"""Calendar days: works that begin sooner are urgent."""

CLOSE_CONCERN: Final = 30
"""Calendar days after which an answered concern closes by itself."""
NOTE_TERM: Final = 10
"""Business days that are proposed for the answer to a relay note."""
REMIND_NOTE: Final = 3
"""Business days before a relay note is due on which its addressee is reminded."""
REMIND_NOTE_AGAIN: Final = 7
"""Calendar days between two reminders of a note that is late, to the leads."""
REMIND_REVIEW: Final = 7
"""Calendar days between two reminders that answers are to be looked at again, to a lead."""
REVIEW: Final = 90
"""Calendar days after which is asked whether a published answer is still valid, unless another day was chosen."""

T = TypeVar("T")


def held(value: T | None) -> T:
    """Return a date that a CHECK of the database promises for the row's state; ValueError without one."""
    if value is None:
        raise ValueError("the database lets no such row be")
    return value


def day_of(moment: datetime) -> date:
    """Return the day of a moment in Brussels."""
    return timezone.localdate(moment)


def start_of(day: date) -> datetime:
    """Return the first moment of a day in Brussels."""
    return timezone.make_aware(datetime.combine(day, datetime.min.time()))


def answer_due_on(submitted: date) -> date:
    """Return the day by which a person answers a request submitted on a day."""
    return add_business_days(submitted, FIRST_ANSWER)


def proposed_due(today: date, needed_on: date | None) -> date:
    """Return the day proposed for a delivery: after the usual term, or the last business day on which it helps."""
    usual = add_business_days(today, USUAL_TERM)
    if needed_on is None or needed_on >= usual:
        return usual
    days = (needed_on - timedelta(days=count) for count in range((needed_on - today).days + 1))
    return next((day for day in days if is_business_day(day)), add_business_days(today, 0))


def due_after_waiting(due_on: date, since: date, today: date) -> tuple[date, int]:
    """Return the due date moved by the business days that the clock stood still, and their number."""
    stopped = business_days_between(since, today)
    return (add_business_days(due_on, stopped) if stopped else due_on), stopped


def due_after_reopening(due_on: date, today: date) -> date:
    """Return the due date of a reopened request: the old one, unless too little time is left."""
    return max(due_on, add_business_days(today, TERM_AFTER_REOPENING))


def check_due(due_on: date, today: date) -> None:
    """Raise ValidationError, on the field `due_on`, for a past day or one on which nobody works."""
    if due_on < today:
        raise ValidationError({"due_on": _("This day is over.")})
    try:
        if is_business_day(due_on):
            return
    except CalendarError:
        raise ValidationError({"due_on": _("The calendar does not go that far.")}) from None
    raise ValidationError({"due_on": _("Nobody works on this day: choose a business day.")})


def longest_ago(today: date, business_days: int) -> date:
    """Return the last day after which so many business days are over today (the day itself not counted).

    longest_ago(today, n) is the latest day d with add_business_days(d, n) < today.
    """
    day = today - timedelta(days=1)
    while add_business_days(day, business_days) >= today:
        day -= timedelta(days=1)
    return day


def waited_since(today: date, business_days: int) -> datetime:
    """Return the moment before which something must have begun, to be reminded of today: on the n-th business day.

    The day itself is not counted; the reminder comes on the n-th day, not on the one after it.
    """
    return start_of(longest_ago(today + timedelta(days=1), business_days) + timedelta(days=1))


def reminded_from(day: date) -> date:
    """Return the day from which people are reminded of a meeting on `day`: business days before it."""
    return longest_ago(day + timedelta(days=1), REMIND_MEETING)


def note_due_on(today: date) -> date:
    """Return the day proposed for the answer to a relay note that leaves on a day."""
    return add_business_days(today, NOTE_TERM)


def note_reminded_until(today: date) -> date:
    """Return the last due date of which people are reminded today: business days ahead."""
    return add_business_days(today, REMIND_NOTE)


def concern_closes_on(answered_at: datetime) -> date:
    """Return the day on which an answered concern closes by itself."""
    return day_of(answered_at) + timedelta(days=CLOSE_CONCERN)


def review_on(published: date) -> date:
    """Return the day proposed for asking whether an answer published on a day is still valid."""
    return published + timedelta(days=REVIEW)


def confirm_until(delivered_at: datetime) -> date | None:
    """Return the last day on which the requester confirms what was delivered; None beyond the calendar's years."""
    try:
        return add_business_days(day_of(delivered_at), CONFIRM)
    except CalendarError:
        return None


def can_be_reopened(ended: datetime, today: date) -> bool:
    """Tell whether the requester may still reopen what was delivered or closed at a moment."""
    return (today - day_of(ended)).days <= REOPEN


def closes_on(waiting_since: datetime, warnings: list[date]) -> date:
    """Return the day on which a waiting request closes by itself, as far as is known.

    45 days after the wait began; when a warning came late, the days between it and what follows still count.
    """
    closes = day_of(waiting_since) + timedelta(days=GIVE_UP)
    ahead = [GIVE_UP - WARN_FIRST, GIVE_UP - WARN_SECOND]
    return max(
        [closes, *(day + timedelta(days=left) for day, left in zip(sorted(warnings), ahead, strict=False))]
    )
