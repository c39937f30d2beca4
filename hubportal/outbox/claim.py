"""Claim, renew, mark, sweep: the one way in which rows become mail, for any table of consignments.

All in autocommit, by the database's clock. A row belongs to the chunk whose name stands in `worker`, until
`lease_until`; every change asks for that name, so who lost a row changes nothing.
"""

import logging
import os
import secrets
import socket
import time
from collections.abc import Iterable
from datetime import timedelta
from itertools import groupby
from typing import Any, Generic, TypeVar

from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now

from hubportal.outbox.apps import LEASE_SECONDS
from hubportal.outbox.consignment import Consignment, Status

LEASE = timedelta(seconds=LEASE_SECONDS)
CHUNK = 50
"""Rows in one claim."""

Row = TypeVar("Row", bound=Consignment)
logger = logging.getLogger(__name__)

# The materialised CTE keeps the planner from running the LIMIT twice; SKIP LOCKED lets workers pass.
_CLAIM = """
WITH ready AS MATERIALIZED (
    SELECT id FROM {table} WHERE status = 'queued' ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE {table} AS row SET status = 'sending', worker = %s, lease_until = statement_timestamp() + %s
FROM ready WHERE row.id = ready.id RETURNING row.*
"""


class Chunk(Generic[Row]):
    """Rows that this process may send, in the order of their ids, while the lease lasts."""

    def __init__(self, model: type[Row], size: int = CHUNK) -> None:
        self.model = model
        self.worker = f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"
        # Counted from before the statement: our own clock must end the lease first.
        self.ends = time.monotonic() + LEASE.total_seconds()
        sql = _CLAIM.format(table=connection.ops.quote_name(model._meta.db_table))
        claimed: Iterable[Row] = model._base_manager.raw(sql, [size, self.worker, LEASE])
        self.rows = sorted(claimed, key=lambda row: row.pk)

    def time_left(self) -> float:
        """Return the seconds until the lease ends."""
        return self.ends - time.monotonic()

    def renew(self) -> bool:
        """Start the lease of all rows not yet marked again; False when they were taken away."""
        ends = time.monotonic() + LEASE.total_seconds()
        held = self._held().update(lease_until=Now() + LEASE)
        self.ends = ends
        return held > 0

    def mark(self, row: Row, status: Status, **changes: Any) -> bool:
        """Write down the outcome of one attempt at once; False when the row was taken away meanwhile.

        A database that restarts is waited for, as long as the lease lasts.
        """
        changes |= {"status": status, "worker": "", "lease_until": None, "attempts": F("attempts") + 1}
        was_cut = False
        while True:
            try:
                if self._held().filter(pk=row.pk).update(**changes):
                    return True
                # The first try may have been committed although its answer was lost.
                return was_cut and self.model._base_manager.filter(pk=row.pk, status=status).exists()
            except (OperationalError, InterfaceError):
                if connection.in_atomic_block or self.time_left() <= 0:
                    raise
                logger.warning("the outcome of mail %s could not be written; trying again", row.pk)
                was_cut = True
                connection.close()
                time.sleep(0.5)

    def release(self) -> None:
        """Put back every row not yet marked: none of them was handed over."""
        self._held().update(status=Status.QUEUED, worker="", lease_until=None)

    def _held(self) -> QuerySet[Row]:
        return self.model._base_manager.filter(status=Status.SENDING, worker=self.worker)


def sweep(model: type[Consignment]) -> int:
    """Queue again what was put off until now and what dead workers left; return the number of rows.

    Of a dead worker's rows the first is the one it may have been sending when it died: uncertain.
    """
    rows: QuerySet[Any] = model._base_manager.all()
    due = rows.filter(status=Status.DEFERRED, next_try_at__lte=Now())
    swept = due.update(status=Status.QUEUED, next_try_at=None)
    with transaction.atomic():
        expired = rows.filter(status=Status.SENDING, lease_until__lt=Now()).select_for_update()
        for worker, held in groupby(expired.order_by("worker", "pk"), key=lambda row: row.worker):
            first, *later = held
            free = {"worker": "", "lease_until": None}
            reason = "the worker died or was cut off while sending"
            changes = free | first.changes_when_done() | {"attempts": F("attempts") + 1, "smtp_reply": reason}
            rows.filter(pk=first.pk).update(status=Status.UNCERTAIN, **changes)
            rows.filter(pk__in=[row.pk for row in later]).update(status=Status.QUEUED, **free)
            logger.error("worker %s died: mail %s is uncertain", worker, first.pk)
            swept += 1 + len(later)
    return swept
