"""Which answers of the Region are to be looked at again: leads are reminded once a week, of all of them at once."""

import logging
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from communes.recipients import leads
from hubportal.accounts.models import User
from hubportal.outbox.models import OutboxMessage
from spoc import deadlines
from spoc.faq import emails
from spoc.models import Answer

logger = logging.getLogger(__name__)
KIND: Final = "to_review"
"""The kind of the mail, by which is known whether somebody was reminded."""


def remind(now: datetime) -> int:
    """Remind each lead of the answers whose day has come; returns the number of mails.

    One mail a person, and not again within a week: the mails that were written say so.
    """
    today = timezone.localdate(now)
    found = list(Answer.objects.to_review(today).select_related("note", "item").order_by("review_on", "pk"))
    sent = 0
    for person in leads(today) if found else ():
        try:
            sent += _send(person, found, now)
        except Exception:
            logger.exception("a reminder of %d answers failed", len(found))
    return sent


def _send(person: User, answers: list[Answer], now: datetime) -> bool:
    since = deadlines.start_of(timezone.localdate(now) - timedelta(days=deadlines.REMIND_NOTE_AGAIN - 1))
    with transaction.atomic():
        # Two ticks at once: the second waits here, and then sees the mail of the first.
        User.objects.select_for_update().get(pk=person.pk)
        if OutboxMessage.objects.filter(person=person, kind=KIND, created_at__gte=since).exists():
            return False
        emails.to_review(person, answers)
    return True
