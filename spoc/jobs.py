"""What a tick does in this app: reminders, confirmations and endings that come by themselves.

Each looks for what is due, does it row by row, and goes on when one fails; the same tick again finds nothing.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from spoc import deadlines, reminders
from spoc.models import Concern, ServiceRequest, Status

logger = logging.getLogger(__name__)
MORNING = 7
"""The hour, in Brussels, before which nobody is reminded."""


def remind(now: datetime) -> int:
    """Send each person at most one mail a day with what waits for them; returns the number of mails."""
    today, sent = timezone.localdate(now), 0
    if timezone.localtime(now).hour < MORNING:
        return 0
    for person, items in reminders.due(today).items():
        try:
            sent += reminders.send(person, items, today)
        except Exception:
            logger.exception("a reminder of %d matters failed", len(items))
    return sent


def confirm(now: datetime) -> int:
    """Close what was delivered and not confirmed within 15 business days; returns the number of requests."""
    last = deadlines.longest_ago(timezone.localdate(now), deadlines.CONFIRM)
    until = deadlines.start_of(last + timedelta(days=1))
    due = ServiceRequest.objects.filter(status=Status.DELIVERED, delivered_at__lt=until)
    return _each(due, lambda request: request.confirm())


def give_up(now: datetime) -> int:
    """Close what waited for 45 days with two warnings; returns the number of requests."""
    today = timezone.localdate(now)
    until = deadlines.start_of(today - timedelta(days=deadlines.GIVE_UP - 1))
    due = ServiceRequest.objects.filter(status=Status.WAITING_REQUESTER, waiting_since__lt=until)
    ready = [
        request.pk
        for request in due.prefetch_related("reminders").order_by("pk")
        if len(sent := reminders.warnings(request)) > 1
        and deadlines.closes_on(deadlines.held(request.waiting_since), sent) <= today
    ]
    return _each(due.filter(pk__in=ready), lambda request: request.give_up())


def close_concerns(now: datetime) -> int:
    """Close what was answered 30 calendar days ago, and not reopened; returns the number of concerns."""
    return _each(Concern.objects.to_close(now), lambda concern: concern.close())


def _each(due: QuerySet[Any], act: Callable[[Any], None]) -> int:
    """Act on each row that is still due once it is locked; one that fails is logged and stops no other."""
    done = 0
    for pk in due.order_by("pk").values_list("pk", flat=True):
        try:
            with transaction.atomic():
                row = due.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
                if row is not None:
                    act(row)
                    done += 1
        except Exception:
            logger.exception("%s %s: the step that was due failed", due.model.__name__, pk)
    return done


JOBS: list[Callable[[datetime], int]] = [remind, confirm, give_up, close_concerns]
