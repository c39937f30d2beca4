"""Two who act at once, on two connections."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import Queue
from threading import Barrier
from typing import Any

from django.db import connection, transaction

PATIENCE = 10.0
"""Seconds after which the second one hangs for another reason."""


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Do all at the same time; return what each returned or raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait(PATIENCE)
        return _done(act)

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def before_it_commits(first: Callable[[], Any], second: Callable[[], Any]) -> Any:
    """Let the second one begin when the first has done all but commit; return what the second returned or raised.

    The worst moment there is: without a lock the second one sees nothing of the first.
    """
    pids: Queue[int] = Queue()

    def run() -> Any:
        connection.ensure_connection()
        pids.put(connection.connection.info.backend_pid)
        return _done(second)

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            future = pool.submit(run)
            _await(pids.get(timeout=PATIENCE), future)
        return future.result(PATIENCE)


def _done(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Exception as error:
        return error
    finally:
        connection.close()


def _await(pid: int, future: "Future[Any]") -> None:
    """Wait until the second one waits for the first, or is done already."""
    until = time.monotonic() + PATIENCE
    while not future.done() and time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_blocking_pids(%s)", [pid])
            if cursor.fetchone()[0]:
                return
        time.sleep(0.01)
