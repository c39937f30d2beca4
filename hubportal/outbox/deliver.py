"""Send what is queued: claim a chunk, hand over each message, mark it, until nothing is left."""

import logging
import time
from datetime import timedelta
from typing import Any, NamedTuple

from django.conf import settings
from django.db.models.functions import Now
from django.utils import timezone

from hubportal.outbox.claim import LEASE, Chunk
from hubportal.outbox.consignment import Consignment, Status
from hubportal.outbox.relay import Answer, ReplyLost, Unreachable, relay

PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60))
"""Wait after the first, second, third and every later "not now" of the relay."""
GIVE_UP_AFTER = timedelta(hours=24)
"""Age of a mail after which a "not now" counts as a no."""
LONGEST = 5
"""Seconds after which one call begins no further message, so that a worker told to stop stops soon."""

logger = logging.getLogger(__name__)


class Outcome(NamedTuple):
    """What an attempt led to: the row's next status, and the columns that change with it."""

    status: Status
    changes: dict[str, Any]


def deliver(model: type[Consignment]) -> int:
    """Send queued rows of a table for a few seconds; return how many attempts had an outcome.

    Without a relay all rows go back to the queue, and the next tick tries again.
    """
    until, done = time.monotonic() + LONGEST, 0
    while True:
        chunk = Chunk(model)
        if not chunk.rows:
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
        if not chunk.mark(row, outcome.status, **outcome.changes):
            logger.error("mail %s was taken away while it was being sent: %s", row.pk, outcome.status)
            return done
    return len(chunk.rows)


def _attempt(row: Consignment, deadline: float) -> Outcome:
    try:
        envelope = row.envelope()
    except Exception as error:
        # One row that cannot be built must not hold up those behind it.
        logger.exception("mail %s cannot be built", row.pk)
        reply = f"the message cannot be built: {type(error).__name__}"
        return Outcome(Status.FAILED, row.changes_when_done() | {"smtp_reply": reply})
    try:
        return _outcome(row, relay.send(envelope, deadline))
    except ReplyLost as error:
        reply = f"no reply after the message was handed over ({error})"
        return Outcome(Status.UNCERTAIN, row.changes_when_done() | {"smtp_reply": reply})


def _outcome(row: Consignment, answer: Answer) -> Outcome:
    said = {"smtp_code": answer.code, "smtp_reply": answer.reply[:500].replace("\x00", "")}
    if answer.code < 300:
        return Outcome(Status.ACCEPTED, row.changes_when_done() | said | {"accepted_at": Now()})
    if answer.code < 500 and timezone.now() - row.created_at < GIVE_UP_AFTER:
        pause = PAUSES[min(row.attempts, len(PAUSES) - 1)]
        return Outcome(Status.DEFERRED, said | {"next_try_at": Now() + pause})
    return Outcome(Status.FAILED, row.changes_when_done() | said)
