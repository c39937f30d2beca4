"""Send what is queued: claim a chunk, hand over each message, mark it, until nothing is left."""

import logging
import time
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from hubportal.outbox.claim import LEASE, Chunk, Marked, Outcome
from hubportal.outbox.consignment import Consignment, Status
from hubportal.outbox.pace import await_turn
from hubportal.outbox.relay import Answer, ReplyLost, Unreachable, relay
from hubportal.outbox.words import NO_REPLY, NOT_BUILT

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Wait after the first, second, third and every later "not now" of the relay."""
GIVE_UP_AFTER = timedelta(hours=24)
"""A "not now" counts as a no when the next attempt would come later than this after the first one."""
MOST = len(PAUSES) - 1 + (GIVE_UP_AFTER - sum(PAUSES[:-1], timedelta())) // PAUSES[-1]
"""Attempts that may be followed by another one. Counted, not timed: a relay or a worker that was away has tried
nothing meanwhile."""
LONGEST = 5
"""Seconds after which one call begins no further message, so that a worker told to stop stops soon."""

logger = logging.getLogger(__name__)


def deliver(model: type[Consignment]) -> int:
    """Send queued rows of a table for a few seconds; return how many attempts had an outcome.

    Without a relay, or a database, all rows go back to the queue, and the next tick tries again.
    """
    until, done = time.monotonic() + LONGEST, 0
    while True:
        chunk = Chunk(model)
        if not chunk.rows:
            if chunk.came_early and await_turn(until):
                continue
            return done
        try:
            done += _send(chunk, until)
        except Unreachable as error:
            chunk.release()
            logger.warning("the mail relay cannot be reached (%s)", error)
            return done
        if time.monotonic() > until:
            return done


def _send(chunk: Chunk[Any], until: float) -> int:
    """Send a chunk's rows in order until a moment; return how many were marked. Raises Unreachable."""
    for done, row in enumerate(chunk.rows):
        if done and time.monotonic() > until:
            chunk.release()
            return done
        # Half a lease covers a whole dialogue with a slow relay. Rows that were taken away are not ours.
        if chunk.time_left() < LEASE.total_seconds() / 2 and not chunk.renew():
            return done
        outcome = _attempt(row, chunk.ends - (settings.EMAIL_TIMEOUT or 0))
        marked = chunk.mark(row, outcome)
        if marked is Marked.LOST:
            logger.error("mail %s was taken away while it was being sent: %s", row.pk, outcome.status)
            return done
        if marked is Marked.STOP:
            chunk.release()
            return done + 1
    return len(chunk.rows)


def _attempt(row: Consignment, deadline: float) -> Outcome:
    try:
        envelope = row.envelope()
    except (OperationalError, InterfaceError) as error:
        # The database went away, the message is as good as before: it must not count as refused.
        connection.close()
        raise Unreachable(f"database: {type(error).__name__}") from error
    except Exception as error:
        # One row that cannot be built must not hold up those behind it.
        logger.exception("mail %s cannot be built", row.pk)
        reply = f"{NOT_BUILT}: {type(error).__name__}"
        return Outcome(Status.FAILED, None, reply, changes=row.changes_when_done())
    try:
        return _outcome(row, relay.send(envelope, deadline))
    except ReplyLost as error:
        reply = f"{NO_REPLY} ({error})"
        return Outcome(Status.UNCERTAIN, None, reply, changes=row.changes_when_done())


def _outcome(row: Consignment, answer: Answer) -> Outcome:
    reply = answer.reply[:500].replace("\x00", "")
    if answer.code < 300:
        return Outcome(Status.ACCEPTED, answer.code, reply, changes=row.changes_when_done())
    if answer.code < 500 and row.attempts < MOST:
        pause = PAUSES[min(row.attempts, len(PAUSES) - 1)]
        return Outcome(Status.DEFERRED, answer.code, reply, pause)
    return Outcome(Status.FAILED, answer.code, reply, changes=row.changes_when_done())
