"""What a tick does for accounts: ends mail to whose rights ended, throws away sessions and limits that are out of date,
and what is old enough to be forgotten."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from hubportal.accounts import rights
from hubportal.accounts.forgetting import retain, retained_on
from hubportal.accounts.models import Session
from hubportal.outbox.bell import ring
from hubportal.outbox.models import OutboxMessage


def end_mail(now: datetime) -> int:
    """Look at mail that waited over midnight: let it leave, or cancel it when its recipient's last right ended.

    Mail about signing in, or about a person's own account and rights, is for whoever had them, too.
    """
    today = timezone.localdate(now)
    waiting = OutboxMessage.objects.all().unseen(today)
    is_theirs = rights.holding(today, "person") | Q(is_secret=True) | Q(kind__in=rights.own_mail())
    kept = waiting.filter(is_theirs).update(right_seen_on=today)
    if kept:
        ring()
    return kept + waiting.exclude(is_theirs).end_right()


def forget_sessions(now: datetime) -> int:
    """Delete the sessions that ended; return how many."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def forget_limits(now: datetime) -> int:
    """Delete the counters of the default cache that are out of date; return how many."""
    table = connection.ops.quote_name(settings.CACHE_TABLE)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE expires < %s", [now])  # noqa: S608  # a name of our own
        return int(cursor.rowcount)


def retain_once_a_day(now: datetime) -> int:
    """Forget what the retention periods let go, at the first tick of a day; return how many rows."""
    return 0 if retained_on(now) else sum(retain(now).rows.values())


JOBS: list[Callable[[datetime], int]] = [end_mail, forget_sessions, forget_limits, retain_once_a_day]
