"""Workers that are killed, and a database that goes away, in the middle of sending."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection
from django.utils import timezone

from hubportal.outbox.claim import sweep
from hubportal.outbox.consignment import OPEN, Status
from hubportal.outbox.deliver import deliver
from hubportal.outbox.models import OutboxMessage
from tests.sinks import Sink

Write = Callable[..., OutboxMessage]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MAILS = 300
WORKER = """
import django; django.setup()
from hubportal.outbox.deliver import deliver
from hubportal.outbox.models import OutboxMessage
print("ready", flush=True)
input()
while deliver(OutboxMessage): pass
"""


def start_workers(env: dict[str, str], number: int) -> list[subprocess.Popen[str]]:
    """Start processes that send what is queued: all begin at once, when all are ready."""
    command, pipe = [sys.executable, "-c", WORKER], subprocess.PIPE
    workers = [subprocess.Popen(command, env=env, stdin=pipe, stdout=pipe, text=True) for _ in range(number)]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    return workers


def wait_for(sink: Sink, number: int) -> None:
    """Wait until the sink has received so many messages."""
    end = time.monotonic() + 30
    while len(sink.received()) < number:
        assert time.monotonic() < end
        time.sleep(0.01)


def recover() -> None:
    """Let the claims of the dead run out, and sweep."""
    past = timezone.now() - timedelta(seconds=1)
    OutboxMessage.objects.filter(status=Status.SENDING).update(lease_until=past)
    sweep(OutboxMessage)


def count(*statuses: Status) -> int:
    """Return how many mails are in these states."""
    return OutboxMessage.objects.filter(status__in=statuses).count()


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM])
def test_killed_workers_lose_nothing_and_double_nothing(
    sink: Sink, write: Write, worker_env: dict[str, str], kill: signal.Signals
) -> None:
    for number in range(MAILS):
        write(f"p{number:03}")
    sink.fault({"match": "p", "delay": 0.01, "at": "data"})
    chance = random.Random(4)  # noqa: S311
    kills = 0
    for _ in range(3):
        before = len(sink.received())
        workers = start_workers(worker_env, 2)
        wait_for(sink, before + chance.randint(1, 40))
        for worker in workers:
            worker.send_signal(kill)
            worker.communicate()
        kills += len(workers)
        recover()
    assert count(*OPEN), "killed too late: nothing was left"
    sink.fault()
    while deliver(OutboxMessage):
        pass

    received = sink.recipients()
    uncertain = set(OutboxMessage.objects.filter(status="uncertain").values_list("to_address", flat=True))
    everybody = {f"p{number:03}@example.brussels" for number in range(MAILS)}
    assert len(received) == len(set(received)), "sent twice"
    assert everybody - set(received) <= uncertain, "lost in silence"
    assert len(uncertain) <= kills
    assert count(*OPEN) == 0


def test_the_outcome_survives_a_database_that_cuts_every_connection(
    sink: Sink, write: Write, worker_env: dict[str, str]
) -> None:
    for number in range(40):
        write(f"p{number:02}")
    sink.fault({"match": "p", "delay": 0.03, "at": "data"})
    (worker,) = start_workers(worker_env, 1)
    wait_for(sink, 5)
    with psycopg2.connect(worker_env["DATABASE_URL"]) as database, database.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND query LIKE '%%outbox_outboxmessage%%'"
            " AND pid NOT IN (pg_backend_pid(), %s)",
            [_own_backend()],
        )
        assert cursor.fetchone() != (0,)
    worker.communicate(timeout=60)
    assert worker.returncode == 0
    assert count(Status.ACCEPTED) == 40
    assert len(sink.received()) == 40


def _own_backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])
