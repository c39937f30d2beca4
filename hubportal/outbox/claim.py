"""Claim, renew, mark, sweep: the one way in which rows become mail, for any table of consignments.

All in autocommit, by the database's clock. A row belongs to the chunk whose name stands in `worker`, until
`lease_until`; every change asks for that name, so who lost a row changes nothing.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from enum import Enum
from functools import cache
from itertools import groupby
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from hubportal.outbox import planned
from hubportal.outbox.apps import LEASE_SECONDS
from hubportal.outbox.consignment import Consignment, Status
from hubportal.outbox.pace import Share, gap
from hubportal.outbox.words import CUT_OFF

LEASE = timedelta(seconds=LEASE_SECONDS)
CHUNK = 50
"""Rows in one claim."""
_FREE: dict[str, Any] = {"worker": "", "lease_until": None}

Row = TypeVar("Row", bound=Consignment)
T = TypeVar("T")
logger = logging.getLogger(__name__)

# The materialised CTE keeps the planner from running the LIMIT twice; SKIP LOCKED lets workers pass.
_CLAIM = """
WITH ready AS MATERIALIZED (
    SELECT id FROM {table} AS row WHERE status = 'queued' AND {claimable}
    ORDER BY {order} LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE {table} AS row SET status = 'sending', worker = %s, lease_until = statement_timestamp() + %s
FROM ready WHERE row.id = ready.id RETURNING row.*
"""

# One statement, so one commit, for the outcome, its event, and the answer whether to go on.
_MARK = """
WITH marked AS (
    UPDATE {table} AS row SET status = %s, worker = '', lease_until = NULL, attempts = attempts + 1,
        smtp_code = %s, smtp_reply = %s,
        accepted_at = CASE WHEN %s = 'accepted' THEN statement_timestamp() END,
        next_try_at = statement_timestamp() + %s{changes}
    WHERE id = %s AND status = 'sending' AND worker = %s RETURNING row.*
){noted}
SELECT {goes_on} FROM marked AS row
"""


class Outcome(NamedTuple):
    """What an attempt led to; `pause` until the next one, `changes` of other columns."""

    status: Status
    code: int | None
    reply: str
    pause: timedelta | None = None
    changes: Mapping[str, Any] = MappingProxyType({})


class Marked(Enum):
    """What a worker does after it has written down an outcome."""

    GO_ON = "go on"
    STOP = "put the rest back"
    LOST = "the row was taken away"


class Chunk(Generic[Row]):
    """Rows that this process may send, in the order of their ids, while the lease lasts."""

    def __init__(self, model: type[Row], size: int = CHUNK) -> None:
        self.model = model
        self.worker = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        # Counted from before the statement: our own clock must end the lease first.
        self.ends = time.monotonic() + LEASE.total_seconds()
        self.came_early = False
        """Whether nothing may leave yet, whatever is queued."""
        self.rows = self._paced(size)

    def _paced(self, size: int) -> list[Row]:
        """Claim as many rows as the pace allows now (`pace`)."""
        between = gap()
        if between is None:
            return self._claimed(size)
        with transaction.atomic():
            share = Share(between)
            self.came_early = not share.size
            rows = self._claimed(min(size, share.size)) if share.size else []
            share.spend(len(rows))
        return rows

    def _claimed(self, size: int) -> list[Row]:
        sql = _CLAIM.format(table=_table(self.model), claimable=self.model.CLAIMABLE, order=self.model.ORDER)
        claimed: Iterable[Row] = self.model._base_manager.raw(sql, [size, self.worker, LEASE])
        return sorted(claimed, key=lambda row: row.pk)

    def time_left(self) -> float:
        """Return the seconds until the lease ends."""
        return self.ends - time.monotonic()

    def renew(self) -> bool:
        """Start the lease of all rows not yet marked again; False when they were taken away."""
        ends = time.monotonic() + LEASE.total_seconds()
        held = self._held().update(lease_until=Now() + LEASE)
        self.ends = ends
        return held > 0

    def mark(self, row: Row, outcome: Outcome) -> Marked:
        """Write down the outcome of one attempt at once, and tell what to do with the rest of the chunk.

        A database that restarts is waited for, as long as the lease lasts.
        """
        tries = 0

        def write() -> Marked:
            nonlocal tries
            tries += 1
            found = self._marked(row, outcome)
            if found is not None:
                return Marked.GO_ON if found else Marked.STOP
            # The first try may have been committed although its answer was lost.
            is_ours = tries > 1 and self._base().filter(pk=row.pk, status=outcome.status).exists()
            return Marked.GO_ON if is_ours else Marked.LOST

        return self._insist(write, f"the outcome of mail {row.pk}")

    def _marked(self, row: Row, outcome: Outcome) -> bool | None:
        """Return whether to go on, None when the row is not held any more."""
        names, values = tuple(outcome.changes), outcome.changes.values()
        status = outcome.status.value
        parameters: list[Any] = [status, outcome.code, outcome.reply, status, outcome.pause, *values]
        found = planned.fetch_one(
            f"mark_{self.model._meta.db_table}",
            _mark_sql(self.model, names),
            [*parameters, row.pk, self.worker],
        )
        return None if found is None else bool(found[0])

    def release(self) -> None:
        """Put back every row not yet marked: none of them was handed over.

        A database that restarts is waited for: left as they are, the sweep would call the first one uncertain.
        """
        self._insist(lambda: self._held().update(status=Status.QUEUED, **_FREE), "what was put back")

    def _insist(self, write: Callable[[], T], what: str) -> T:
        """Write to a database that may be away for a moment, as long as the lease lasts."""
        while True:
            try:
                return write()
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or self.time_left() <= 0:
                    raise
                logger.warning("%s could not be written; trying again", what)
                connection.close()
                time.sleep(0.5)

    def _held(self) -> QuerySet[Row]:
        return self._base().filter(status=Status.SENDING, worker=self.worker)

    def _base(self) -> QuerySet[Row]:
        return self.model._base_manager.all()


def _table(model: type[Consignment]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


@cache
def _mark_sql(model: type[Consignment], names: tuple[str, ...]) -> str:
    changes = "".join(f", {connection.ops.quote_name(name)} = %s" for name in names)
    noted = f", noted AS ({model.NOTED})" if model.NOTED else ""
    return _MARK.format(table=_table(model), changes=changes, noted=noted, goes_on=model.GOES_ON)


def sweep(model: type[Consignment]) -> int:
    """Queue again what was put off until now and what dead workers left; return the number of rows.

    Of a dead worker's rows the first is the one it may have been sending when it died: uncertain, unless its
    table says that it is to be sent again.
    """
    rows: QuerySet[Any] = model._base_manager.all()
    due = rows.filter(status=Status.DEFERRED, next_try_at__lte=Now())
    swept = due.update(status=Status.QUEUED, next_try_at=None)
    with transaction.atomic():
        expired = rows.filter(status=Status.SENDING, lease_until__lt=Now()).select_for_update(of=("self",))
        for worker, held in groupby(expired.order_by("worker", "pk"), key=lambda row: row.worker):
            first, *later = held
            rows.filter(pk__in=[row.pk for row in later]).update(status=Status.QUEUED, **_FREE)
            _leave(rows.filter(pk=first.pk), first)
            logger.error("worker %s died: mail %s is %s", worker, first.pk, first.status)
            swept += 1 + len(later)
    return swept


def _leave(rows: QuerySet[Any], row: Consignment) -> None:
    """Decide on the row that a dead worker may have sent."""
    row.smtp_reply = CUT_OFF
    row.status = Status.QUEUED if row.is_sent_again_after_a_crash() else Status.UNCERTAIN
    changes = row.changes_when_done() if row.status == Status.UNCERTAIN else {}
    attempts = F("attempts") + 1
    rows.update(status=row.status, smtp_reply=row.smtp_reply, attempts=attempts, **changes, **_FREE)
    row.was_left()
