"""What a tick does for accounts: throws away sessions and sign-in limits that are out of date."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.db import connection

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


JOBS: list[Callable[[datetime], int]] = [forget_sessions, forget_limits]
