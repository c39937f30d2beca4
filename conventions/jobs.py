"""What a tick does for conventions: the documents that are missing, and the alerts ahead of an end."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.utils import timezone

from conventions import alerts, documents, telling
from conventions.models import Bundle
from conventions.models.choices import BUNDLES
from hubportal.outbox.bell import ring

logger = logging.getLogger(__name__)
MORNING: Final = 7
"""The hour, in Brussels, before which nobody is written to."""


def order_documents(now: datetime) -> int:
    """Call a worker for the documents that are missing; return how many are."""
    return documents.order()


def order_bundles(now: datetime) -> int:
    """Call a worker for the ZIPs that were asked for and those that dead workers left; return how many."""
    count = Bundle.objects.due(now).count()
    if count:
        ring(BUNDLES)
    return count


def drop_bundles(now: datetime) -> int:
    """Take away the ZIPs whose time is over; return how many."""
    rows = list(Bundle.objects.outdated(now))
    for row in rows:
        row.drop_file()
    return len(rows)


def send_alerts(now: datetime) -> int:
    """Tell leads and SPOCs which conventions come to their end; return how many. One that fails stops no other."""
    today, sent = timezone.localdate(now), 0
    if timezone.localtime(now).hour < MORNING:
        return 0
    for pk in alerts.due(today):
        try:
            sent += alerts.send(pk, today)
        except Exception:
            logger.exception("the alert of convention %s was not sent", pk)
    return sent


def tell_comments(now: datetime) -> int:
    """Tell each party what the other one commented; return how many comments. One that fails stops no other."""
    told = 0
    for owner, key, party in telling.due(now):
        try:
            told += telling.tell(owner, key, party, now)
        except Exception:
            logger.exception("nobody was told of the comments on %s %s", owner, key)
    return told


JOBS: list[Callable[[datetime], int]] = [
    order_documents,
    order_bundles,
    drop_bundles,
    send_alerts,
    tell_comments,
]
