"""The bell: tells a worker to look into the outbox now. What is sent, the database decides."""

import logging
from functools import partial
from typing import Any

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)

# One short second try: a request must not wait for a Redis that is down.
_RETRY: dict[str, Any] = {"max_retries": 1, "interval_start": 0.05, "interval_step": 0, "interval_max": 0.05}


MOST = 16
"""Workers called at once. Each rings again as long as there is work: more of them would only stand before the tick."""


def ring(task: str = "outbox.deliver", times: int = 1, after: float = 0) -> None:
    """Call workers once the transaction is committed; without Redis the next tick finds the mail instead.

    `task` says into which table they look; each of `times` calls one of them, `after` some seconds.
    """
    transaction.on_commit(partial(_publish, task, min(times, MOST), after), robust=True)


def _publish(task: str, times: int, after: float) -> None:
    try:
        for _ in range(times):
            current_app.send_task(
                task, ignore_result=True, retry=True, retry_policy=_RETRY, countdown=after or None
            )
    except (OperationalError, OSError) as error:
        logger.warning("the bell did not ring (%s); the next tick sends the mail", type(error).__name__)
