"""Faults while an edition is on its way: Valkey is emptied, two beats, a relay that hangs, a clock that jumps."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from unittest import mock

import pytest
from celery import current_app
from django.utils import timezone
from pytest_django import Settings

from bench.pool import Pool, start, stop
from hubportal.accounts.models import Role
from hubportal.outbox.claim import Chunk, sweep
from hubportal.outbox.deliver import _send, deliver
from hubportal.outbox.models import OutboxMessage, post
from hubportal.tick import tick
from mailings import jobs
from mailings.models import Delivery, Mailing
from tests.cast import MandateFactory, UserFactory
from tests.mailings.made import an_edition, brought_to, person
from tests.outbox.test_pace import keeps
from tests.sinks import Sink

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("refilled")]
DAY = timedelta(days=1)


def recipients(number: int) -> list[str]:
    """Make people who hold trade; return their addresses."""
    addresses = [f"p{n:02}@commune.example" for n in range(number)]
    for address in addresses:
        MandateFactory(user=UserFactory(email=address), trade=True)
    return addresses


@pytest.fixture
def silent() -> Iterator[None]:
    """Let no worker hear: the test sends by itself."""
    with mock.patch("hubportal.outbox.bell._publish"):
        yield


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def received(sink: Sink, among: list[str]) -> list[str]:
    """Return who of these received a message, once for each, in the order of their addresses."""
    return sorted(address for address in sink.recipients() if address in among)


def states(row: Mailing) -> list[str]:
    """Return the states of all messages of an edition, in their order."""
    return list(row.deliveries.order_by("pk").values_list("status", flat=True))


def empty_valkey() -> None:
    """Forget every task and every queue."""
    with current_app.connection() as connection:
        connection.default_channel.client.flushdb()


@pytest.mark.slow
def test_a_valkey_that_is_emptied_while_it_is_sent_costs_a_minute_at_most(
    sink: Sink, worker_env: dict[str, str]
) -> None:
    everybody = recipients(40)
    sink.fault({"match": "p", "delay": 0.02, "at": "data"})
    with Pool(2, worker_env) as pool:
        row = brought_to("sending")
        wait_for(lambda: len(sink.recipients()) > 5)
        # Whoever sends now dies with what was in the queue: nobody is left who knows of the rest.
        empty_valkey()
        pool.kill()
        empty_valkey()
        row.deliveries.filter(status="sending").update(lease_until=timezone.now() - timedelta(seconds=1))
        assert row.deliveries.exclude(status="accepted").exists(), "too late: nothing was left"
        jobs.sweep_deliveries(timezone.now())
        wait_for(lambda: not row.deliveries.filter(status__in=("queued", "sending")).exists())
        # Those who rang before know the queue no more; the next edition's bell is heard all the same.
        empty_valkey()
        second = brought_to("sending", an_edition())
        wait_for(lambda: not second.deliveries.exclude(status="accepted").exists())
    uncertain = row.deliveries.filter(status="uncertain").order_by("pk").values_list("address", flat=True)
    assert len(uncertain) <= 2
    once = set(received(sink, everybody)) - set(uncertain)
    assert all(received(sink, everybody).count(address) == 2 for address in once)
    assert once | set(uncertain) == set(everybody)


@pytest.mark.slow
def test_two_beats_start_it_once_and_everybody_receives_it_once(
    sink: Sink, worker_env: dict[str, str]
) -> None:
    everybody = recipients(20)
    row = brought_to("scheduled")
    with Pool(2, worker_env):
        beats = [start(("beat", "--loglevel", "CRITICAL", "--pidfile="), worker_env) for _ in range(2)]
        try:
            wait_for(lambda: row.deliveries.filter(status="accepted").count() == 20)
            assert all(beat.poll() is None for beat in beats)
        finally:
            for beat in beats:
                stop(beat)
    tick(timezone.now())
    row.refresh_from_db()
    assert row.status == "sent"
    assert row.events.filter(verb="start").count() == 1
    assert received(sink, everybody) == everybody


def test_a_relay_that_hangs_before_the_message_puts_nothing_at_risk(
    sink: Sink, silent: None, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    recipients(3)
    row = brought_to("sending")
    sink.fault({"match": "p01", "delay": 2, "at": "rcpt"})
    deliver(Delivery)
    assert sorted(states(row)) == ["accepted", "queued", "queued"]
    assert not row.deliveries.filter(status="queued", attempts__gt=0).exists()


def test_a_relay_that_hangs_after_the_message_is_uncertain_and_the_others_leave(
    sink: Sink, silent: None, settings: Settings
) -> None:
    settings.EMAIL_TIMEOUT = 0.3
    recipients(3)
    row = brought_to("sending")
    sink.fault({"match": "p01", "delay": 2, "at": "data"})
    while deliver(Delivery):
        pass
    assert sorted(states(row)) == ["accepted", "accepted", "uncertain"]
    assert row.deliveries.get(status="uncertain").address.startswith("p01")


def test_a_clock_that_jumps_over_the_lease_sends_nothing_twice(sink: Sink, silent: None) -> None:
    everybody = recipients(4)
    row = brought_to("sending")
    chunk = Chunk(Delivery)
    row.deliveries.update(lease_until=timezone.now() - timedelta(hours=1))
    assert sweep(Delivery) == 4
    # The worker, alive, does not know yet: it sends its first one, and learns that it was taken away.
    assert _send(chunk, time.monotonic() + 5) == 0
    deliver(Delivery)
    assert received(sink, everybody) == everybody
    assert states(row) == ["uncertain", "accepted", "accepted", "accepted"]


def test_a_server_whose_clock_is_behind_sends_nothing_that_has_expired(sink: Sink, silent: None) -> None:
    recipients(2)
    row = brought_to("sending")
    now = timezone.now()
    Mailing.objects.update(expires_at=now, scheduled_for=now - timedelta(hours=1))
    with mock.patch("django.utils.timezone.now", return_value=now - DAY):
        tick(now - DAY)
        assert deliver(Delivery) == 0
    row.refresh_from_db()
    assert (row.status, states(row)) == ("sending", ["queued", "queued"])
    tick(timezone.now())
    row.refresh_from_db()
    assert row.status == "paused"


def test_a_clock_that_jumps_ahead_and_back_loses_nothing(sink: Sink, silent: None) -> None:
    everybody = recipients(2)
    row = brought_to("sending")
    later = timezone.now() + 2 * DAY
    with mock.patch("django.utils.timezone.now", return_value=later):
        tick(later)
    row.refresh_from_db()
    assert (row.status, states(row)) == ("paused", ["queued", "queued"])
    row.resume(by=person(Role.LEAD))
    deliver(Delivery)
    assert received(sink, everybody) == everybody
    tick(timezone.now())
    row.refresh_from_db()
    assert row.status == "sent"


@pytest.mark.slow
def test_two_workers_keep_the_pace_of_the_relay_over_both_tables(
    sink: Sink, worker_env: dict[str, str], settings: Settings
) -> None:
    per_minute = settings.MAILS_PER_MINUTE = 600
    recipients(25)
    with Pool(2, {**worker_env, "HUBPORTAL_MAILS_PER_MINUTE": str(per_minute)}):
        for n in range(15):
            post(to=f"m{n}@team.example", person=None, language="fr", subject="S", text="T", kind="test")
        row = brought_to("sending")
        wait_for(lambda: not row.deliveries.exclude(status="accepted").exists())
        wait_for(lambda: not OutboxMessage.objects.filter(status__in=("queued", "sending")).exists())
    assert len(sink.recipients()) >= 40
    keeps(sink, per_minute)
