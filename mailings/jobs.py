"""What a tick does for mailings. Each job is safe to run twice at once: every step is a compare-and-swap."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from hubportal.outbox.bell import ring
from hubportal.outbox.claim import sweep
from hubportal.outbox.consignment import OPEN
from mailings.models import Delivery, Mailing, Status
from mailings.models.delivery import TASK

logger = logging.getLogger(__name__)


def expire(now: datetime) -> int:
    """End what was not sent in time, before anything starts; return the number of editions."""
    waiting = (Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED)
    return _each(Mailing.objects.filter(status__in=waiting, expires_at__lte=now), Mailing.expire)


def start(now: datetime) -> int:
    """Start what is due; return the number of editions."""
    due = Mailing.objects.filter(status=Status.SCHEDULED, scheduled_for__lte=now, expires_at__gt=now)
    return _each(due, Mailing.start)


def sweep_deliveries(now: datetime) -> int:
    """Queue again what is due and what dead workers left, drop what was cancelled, ring for whatever waits."""
    swept = sweep(Delivery)
    for mailing in Mailing.objects.filter(status=Status.CANCELLED, deliveries__status="queued").distinct():
        swept += mailing.drop_waiting()
    if Delivery.objects.all().claimable().exists():
        ring(TASK)
    return swept


def halt(now: datetime) -> int:
    """Stop what is still being sent after it has expired; return the number of editions."""
    overdue = Mailing.objects.filter(status=Status.SENDING, expires_at__lte=now, deliveries__status__in=OPEN)
    return _each(overdue.distinct(), Mailing.pause)


def finish(now: datetime) -> int:
    """End what is sent, by counting rows; return the number of editions."""
    done = Mailing.objects.filter(status=Status.SENDING).exclude(deliveries__status__in=OPEN)
    return _each(done, Mailing.finish)


def _each(due: QuerySet[Mailing], act: Callable[[Mailing], None]) -> int:
    """Act on each edition; one that fails is logged and stops no other."""
    done = 0
    for mailing in due.order_by("pk"):
        try:
            act(mailing)
            done += 1
        except Exception:
            logger.exception("edition %s: the step that was due failed", mailing.number)
    return done


JOBS: list[Callable[[datetime], int]] = [expire, start, sweep_deliveries, halt, finish]
