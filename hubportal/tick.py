"""One beat of the portal: everything that is due, done now.

Each installed app may have a `jobs.py` with `JOBS`, a list of functions that take the present moment, do what
is due, and return how many rows they did. Beat and `manage.py tick` call the same function.
"""

import logging
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from celery import shared_task
from django.db import connection
from django.utils import timezone

from hubportal.composition import modules

Job = Callable[[datetime], int]

logger = logging.getLogger(__name__)


def jobs() -> Iterator[tuple[str, Job]]:
    """Yield each app's jobs with their dotted names, from the ground floor up."""
    for module in modules("jobs"):
        for job in module.JOBS:
            yield f"{module.__name__}.{job.__name__}", job


def tick(now: datetime) -> dict[str, int]:
    """Run every job and return how many rows each did.

    A job that fails is logged, left out of the answer, and stops no other. A job that another tick is still
    running is passed over, so two ticks at once, or one that takes long, do no harm.
    """
    done: dict[str, int] = {}
    for name, job in jobs():
        try:
            with _alone(name) as free:
                if free:
                    done[name] = job(now)
        except Exception:
            logger.exception("job %s failed", name)
            # After a restart of PostgreSQL the connection is dead: the next job gets a new one.
            if not connection.in_atomic_block:
                connection.close_if_unusable_or_obsolete()
    return done


def lock_of(name: str) -> int:
    """Return the number of the advisory lock that a job of this name holds while it runs."""
    return zlib.crc32(name.encode())


@contextmanager
def _alone(name: str) -> Iterator[bool]:
    """Hold PostgreSQL's advisory lock of that name; yield False when another session holds it."""
    key = lock_of(name)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        free: bool = cursor.fetchone()[0]
    try:
        yield free
    finally:
        # A session that died has lost its locks already.
        if free and connection.connection is not None and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@shared_task(name="hubportal.tick")
def tick_now() -> None:
    """Run one tick, for beat."""
    tick(timezone.now())
