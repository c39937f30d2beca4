"""The bell, with Redis down and with a real worker that hears it."""

import time
from collections.abc import Callable, Iterator

import pytest
from celery import Celery
from django.db import transaction
from django.utils import timezone

from bench.pool import start, stop
from hubportal.outbox import bell
from hubportal.outbox.jobs import sweep_outbox
from hubportal.outbox.models import OutboxMessage, post
from hubportal.outbox.tasks import deliver
from tests.sinks import Sink

pytestmark = pytest.mark.django_db(transaction=True)


def write() -> OutboxMessage:
    """Write a mail, and ring."""
    return post(to="a@example.brussels", person=None, language="fr", subject="S", text="T", kind="test")


@pytest.fixture
def no_redis(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Put a Redis that nobody serves in the place of ours."""
    monkeypatch.setattr(
        bell, "current_app", Celery("nowhere", broker="redis://127.0.0.1:1/0", set_as_current=False)
    )
    return monkeypatch


def test_without_redis_a_mail_is_written_and_leaves_with_the_next_tick(
    sink: Sink, no_redis: pytest.MonkeyPatch
) -> None:
    started = time.monotonic()
    with transaction.atomic():
        write()
    assert time.monotonic() - started < 3
    assert OutboxMessage.objects.get().status == "queued"
    sweep_outbox(timezone.now())

    rung: list[str] = []
    no_redis.undo()
    no_redis.setattr(bell.current_app, "send_task", lambda name, **_: rung.append(name))
    sweep_outbox(timezone.now())
    assert rung == ["outbox.deliver"]
    deliver()
    assert sink.recipients() == ["a@example.brussels"]


@pytest.fixture
def worker(sink: Sink, worker_env: dict[str, str]) -> Iterator[None]:
    """A real Celery worker on the test's database, Redis and sink."""
    process = start(("worker", "-c", "1", "-l", "WARNING"), worker_env)
    yield
    stop(process)


def wait_for(condition: Callable[[], bool], within: float) -> None:
    """Wait until something is so."""
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_a_worker_hears_the_bell(sink: Sink, worker: None) -> None:
    with transaction.atomic():
        write()
    wait_for(lambda: OutboxMessage.objects.get().status == "accepted", within=30)
    assert sink.recipients() == ["a@example.brussels"]
