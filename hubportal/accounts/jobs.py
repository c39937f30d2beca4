"""What a tick does for accounts: throws away sessions and sign-in limits that are out of date, and what is
old enough to be forgotten."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection

from hubportal.accounts.forgetting import retain, retained_on
from hubportal.accounts.models import Session


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
    return 0 if retained_on(now) else sum(retain(now).values())


JOBS: list[Callable[[datetime], int]] = [forget_sessions, forget_limits, retain_once_a_day]
