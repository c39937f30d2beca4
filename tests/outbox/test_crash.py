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
from tests.outbox.conftest import Sink

Write = Callable[..., OutboxMessage]
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
MAILS = 300
WORKER = """
import django; django.setup()
from hubportal.outbox.deliver import deliver
from hubportal.outbox.models import OutboxMessage
print("ready", flush=True)
while deliver(OutboxMessage): pass
"""


def start_worker(env: dict[str, str]) -> subprocess.Popen[str]:
    """Start a process that sends what is queued, and wait until it begins."""
    process = subprocess.Popen([sys.executable, "-c", WORKER], env=env, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


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
        workers = [start_worker(worker_env) for _ in range(2)]
        time.sleep(chance.uniform(0.05, 0.2))
        for worker in workers:
            worker.send_signal(kill)
            worker.communicate()
        kills += len(workers)
        recover()
    assert count(Status.ACCEPTED), "killed too early: nothing was sent"
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
    worker = start_worker(worker_env)
    time.sleep(0.3)
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
